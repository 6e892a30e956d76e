/* SPDX-License-Identifier: BSD-2-Clause */
/* case.c - one case: the model runs it, the reference core delivers for models that do not, and the kit's own capture code,
 * run by the reference core, takes the state that the record is made of. */
#include "host.h"

#include "../convert.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Windows of one case: as many as a fault script may handle, and some. */
enum { WINDOWS_MAX = 80, BOUNDARIES_MAX = 16, KIT_INSTRUCTIONS = 1000000 };
enum { CODE_64 = 1 << 13, LMA = 1 << 10 };

static int fail(struct host *h, int code, const char *why) {
    snprintf(h->reason, sizeof h->reason, "%s", why);
    return code;
}

static uint64_t linear_rip(const struct ringdiff_state *s) {
    const struct ringdiff_segment *cs = &s->segment[1];
    return s->efer & LMA && cs->rights & CODE_64 ? s->rip : (uint32_t)(cs->base + s->rip);
}

/* The kit's range that the next instruction lies in, or NULL. */
static const struct ringdiff_range *capture_of(const struct vectors *v, const struct ringdiff_state *s) {
    const uint64_t at = linear_rip(s);
    for (uint32_t i = 0; i < v->head.captures; i++) {
        if (at >= v->capture[i].first && at <= v->capture[i].last)
            return &v->capture[i];
    }
    return 0;
}

/* The model's state, complete and possible; 0 or HOST_ERROR. */
int case_take_state(struct host *h, const struct ringdiff_state *launch, struct ringdiff_state *to) {
    const struct vector_case *e = h->scene.entry;
    const uint64_t can = h->model.info->can;
    memset(to, 0, sizeof *to);
    h->model.get_state(h->model.self, to);
    const char *why = state_impossible(to, h->v->head.home);
    if (!(can & RINGDIFF_CAN_HIDDEN)) {
        struct ringdiff_state reference = *launch;
        bool arrived = can & RINGDIFF_CAN_DELIVER;
        runs_apply(arrived ? h->scene.parts.arrival : h->scene.parts.event,
                   arrived ? e->arrival_runs : e->event_runs, (uint8_t *)&reference, 0);
        state_complete(to, launch, &reference, can, h->core);
    } else {
        state_complete(to, launch, launch, can, h->core);
    }
    if (why) {
        snprintf(h->reason, sizeof h->reason, "the model's state is impossible: %s", why);
        return HOST_ERROR;
    }
    if (!state_to_core(h->core, to))
        return fail(h, HOST_ERROR, "the model's state is impossible: the reference core cannot take it");
    return 0;
}

/* What is pending when a handler begins: debug traps, an interrupt. false: shutdown. */
static bool settle(struct host *h) {
    for (unsigned i = 0; i < BOUNDARIES_MAX && refcore_boundary(h->core); i++)
        ;
    struct refcore_state now;
    refcore_get_state(h->core, &now);
    return !now.shutdown;
}

static int deliver(struct host *h, struct ringdiff_state *state, const struct ringdiff_event *event) {
    enum { DR6_BITS = 0xe00f, PAGE_FAULT = 14 };
    const struct refcore_event e = {.kind = (enum refcore_event_kind)event->kind,
                                    .vector = event->vector,
                                    .has_error = event->has_error,
                                    .error = event->error,
                                    .next_rip = state->rip,
                                    .dr6 = event->dr6 & DR6_BITS};
    if (event->kind >= RINGDIFF_SOFTWARE && event->kind <= RINGDIFF_ICEBP) {
        unsigned length = event->length ? event->length : event->kind == RINGDIFF_SOFTWARE ? 2 : 1;
        state->rip -= length;
        if (h->v->head.home == 32)
            state->rip &= UINT32_MAX;
    }
    if (event->kind == RINGDIFF_FAULT && event->vector == PAGE_FAULT)
        state->cr2 = event->cr2;
    if (!state_to_core(h->core, state))
        return fail(h, HOST_ERROR, "the model's state is impossible: the reference core cannot take it");
    if (event->kind == RINGDIFF_EXTERNAL)
        refcore_set_interrupt(h->core, -1); /* the model has acknowledged it */
    if (!refcore_deliver(h->core, &e) || !settle(h))
        return fail(h, HOST_SHUTDOWN, "triple fault");
    return 0;
}

/* From the core's state on: the kit's code until it has captured everything, or opens the window again. */
static int run_kit(struct host *h) {
    h->opened = h->complete = false;
    enum refcore_end end = refcore_run(h->core, KIT_INSTRUCTIONS);
    if (h->complete)
        return 0;
    if (h->opened)
        end = refcore_run(h->core, 1);
    if (h->opened && end == REFCORE_LIMIT)
        return 0;
    if (end == REFCORE_SHUTDOWN)
        return fail(h, HOST_SHUTDOWN, "triple fault while the kit captured the state");
    return fail(h, HOST_HANG, "the kit's code cannot capture what the case has left");
}

/* How a run of the model ended, where that ends the case; 0: with an event or a capture. */
static int judge_end(struct host *h, enum ringdiff_end end) {
    const uint64_t can = h->model.info->can;
    switch (end) {
    case RINGDIFF_CAPTURE:
        if (can & RINGDIFF_CAN_DELIVER)
            return 0;
        return fail(h, HOST_ERROR, "the model says CAPTURE, but does not claim to deliver events");
    case RINGDIFF_EVENT:
        if (!(can & RINGDIFF_CAN_DELIVER))
            return 0;
        return fail(h, HOST_ERROR, "the model hands over an event, but claims to deliver events itself");
    case RINGDIFF_SHUTDOWN:
        if (can & RINGDIFF_CAN_SHUT_DOWN)
            return fail(h, HOST_SHUTDOWN, "triple fault");
        return fail(h, HOST_ERROR, "the model says SHUTDOWN, but does not claim to");
    case RINGDIFF_HALTED:
        return fail(h, HOST_HANG, "halted, and nothing will wake it");
    case RINGDIFF_LIMIT:
        snprintf(h->reason, sizeof h->reason, "no end after %" PRIu64 " instructions", h->instructions);
        return HOST_HANG;
    case RINGDIFF_LACKS:
        model_reason(&h->model, "the model lacks what the case needs", h->reason);
        return HOST_LACKS;
    case RINGDIFF_ERROR:
        model_reason(&h->model, "the model failed", h->reason);
        return HOST_ERROR;
    }
    snprintf(h->reason, sizeof h->reason, "the model ended with %u, which is no end", (unsigned)end);
    return HOST_ERROR;
}

/* Brings the model's run to the kit's door, in the core; HOST_... if there is none. */
int case_arrive(struct host *h, const struct ringdiff_state *launch, enum ringdiff_end end,
                const struct ringdiff_event *event) {
    struct ringdiff_state state;
    int code = judge_end(h, end);
    if (code == 0)
        code = case_take_state(h, launch, &state);
    if (code)
        return code;
    if (end == RINGDIFF_EVENT) {
        const char *why = event_impossible(event, &state);
        if (!why)
            return deliver(h, &state, event);
        snprintf(h->reason, sizeof h->reason, "the model's event is impossible: %s", why);
        return HOST_ERROR;
    }
    if (case_captured(h, &state))
        return 0;
    snprintf(h->reason, sizeof h->reason, "the model says CAPTURE at %04x:%" PRIx64 ", where the kit is not",
             state.segment[1].selector, state.rip);
    return HOST_ERROR;
}

void case_state(const struct host *h, struct ringdiff_state *to) {
    state_from_core(h->core, to);
}

bool case_captured(const struct host *h, const struct ringdiff_state *s) {
    return capture_of(h->v, s) != 0;
}

/* Whether the stub arrived at is that of the interrupt. */
static bool took_interrupt(const struct host *h, const struct ringdiff_state *at, int interrupt) {
    const struct ringdiff_range *range = capture_of(h->v, at);
    uint64_t size = (range->last - range->first + 1) / 256;
    return (linear_rip(at) - range->first) / size == (unsigned)interrupt;
}

int case_run(struct host *h, const struct ringdiff_state *launch) {
    const struct vector_case *e = h->scene.entry;
    struct ringdiff_state state = *launch;
    int interrupt = e->interrupt;
    h->io = h->scene.parts.ios;
    h->ios = e->ios;
    scene_tell(&h->scene, &h->model, h->core);
    refcore_set_interrupt(h->core, interrupt);
    for (unsigned window = 0; window < WINDOWS_MAX; window++) {
        struct ringdiff_event event;
        const struct ringdiff_run_limits limits = {h->instructions, h->v->capture, h->v->head.captures,
                                                   interrupt};
        if (!h->model.set_state(h->model.self, &state)) {
            model_reason(&h->model, "the model cannot represent the state", h->reason);
            return HOST_LACKS;
        }
        memset(&event, 0, sizeof event);
        int code = case_arrive(h, launch, h->model.run(h->model.self, &limits, &event), &event);
        if (code)
            return code;
        state_from_core(h->core, &state);
        interrupt = refcore_interrupt(h->core);
        /* a script's return may fault in turn; it handles so many faults at most */
        while (capture_of(h->v, &state)) {
            if (interrupt >= 0 && took_interrupt(h, &state, interrupt)) {
                interrupt = -1;
                refcore_set_interrupt(h->core, -1);
            }
            code = run_kit(h);
            if (code || h->complete)
                return code;
            state_from_core(h->core, &state);
        }
        scene_touched(&h->scene);
        scene_tell(&h->scene, &h->model, h->core);
    }
    return fail(h, HOST_HANG, "the window was left and entered again without end");
}
