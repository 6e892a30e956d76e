/* SPDX-License-Identifier: BSD-2-Clause */
/* refcore.c - the reference core as a model. Options: deliver=0 hands events over; hidden=0 and marks=0 do not claim hidden parts
 * and accessed and dirty bits. By default it must leave the records that booting leaves, bit by bit. */
#include "../convert.h"

#include <stdio.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))
enum { BOUNDARIES_MAX = 16 };

struct model {
    struct refcore *core;
    const struct ringdiff_machine *machine;
    const struct ringdiff_run_limits *limits;
    struct ringdiff_event event;
    struct ringdiff_state state; /* at the event's boundary */
    bool deliver, held, captured;
    char reason[128];
};
static char last_reason[128];

static struct ringdiff_info info = {
    .abi = RINGDIFF_MODEL_ABI,
    .modes = RINGDIFF_ALL_MODES,
    .can = RINGDIFF_CAN_ALL,
    .cpls = 15,
    .name = "refcore",
    .version = REFCORE_VERSION,
    .detail = "ringdiff's reference core as a library",
};

EXPORT const struct ringdiff_info *ringdiff_info(void) {
    return &info;
}

/* ---- where the kit begins ---- */

static bool in_capture(const struct model *m) {
    struct refcore_state s;
    refcore_get_state(m->core, &s);
    const struct refcore_segment *cs = &s.segment[1];
    bool code64 = s.efer & 1 << 10 && cs->rights & 1 << 13;
    uint64_t at = code64 ? s.rip : (uint32_t)(cs->base + s.rip);
    for (uint32_t i = 0; i < m->limits->captures; i++) {
        if (at >= m->limits->capture[i].first && at <= m->limits->capture[i].last)
            return true;
    }
    return false;
}

static bool event_seen(void *context, const struct refcore_event *event, bool delivered) {
    struct model *m = context;
    if (!m->limits)
        return false;
    if (delivered) {
        if (in_capture(m)) {
            m->captured = true;
            refcore_stop(m->core);
        }
        return false;
    }
    if (m->deliver)
        return false;
    state_from_core(m->core, &m->state);
    event_from_core(event, &m->state, &m->event);
    m->held = true;
    refcore_stop(m->core);
    return true;
}

static uint32_t port_in(void *context, uint16_t port, unsigned size) {
    const struct model *m = context;
    return m->machine->in(m->machine->context, port, size);
}

static void port_out(void *context, uint16_t port, unsigned size, uint32_t value) {
    const struct model *m = context;
    m->machine->out(m->machine->context, port, size, value);
}

/* ---- creation ---- */

static bool option_off(const char *options, const char *name) {
    const size_t length = strlen(name);
    for (const char *at = options; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : 0) {
        if (strncmp(at, name, length) == 0 && strncmp(at + length, "=0", 2) == 0)
            return true;
    }
    return false;
}

EXPORT void *ringdiff_create(const struct ringdiff_machine *machine) {
    struct model *m = calloc(1, sizeof *m);
    if (!m)
        return 0;
    m->machine = machine;
    m->deliver = !option_off(machine->options, "deliver");
    if (!m->deliver)
        info.can &= ~(uint64_t)(RINGDIFF_CAN_DELIVER | RINGDIFF_CAN_SHUT_DOWN);
    if (option_off(machine->options, "hidden"))
        info.can &= ~(uint64_t)RINGDIFF_CAN_HIDDEN;
    if (option_off(machine->options, "marks"))
        info.can &= ~(uint64_t)RINGDIFF_CAN_MARK_PAGES;
    m->core = refcore_create_shared(machine->profile, machine->ram_size, (int)machine->ram_file);
    if (!m->core) {
        snprintf(last_reason, sizeof last_reason, "no machine of profile %s", machine->profile);
        free(m);
        return 0;
    }
    refcore_set_board(m->core,
                      &(struct refcore_board){.context = m, .port_in = port_in, .port_out = port_out});
    refcore_set_hooks(m->core, &(struct refcore_hooks){.context = m, .event = event_seen});
    return m;
}

EXPORT void ringdiff_destroy(void *model) {
    struct model *m = model;
    refcore_destroy(m->core);
    free(m);
}

/* ---- state ---- */

EXPORT void ringdiff_memory_changed(void *model, uint64_t address, uint64_t size) {
    refcore_memory_changed(((struct model *)model)->core, address, size);
}

EXPORT bool ringdiff_set_state(void *model, const struct ringdiff_state *state) {
    struct model *m = model;
    m->held = false;
    refcore_set_interrupt(m->core, -1);
    if (state_to_core(m->core, state))
        return true;
    snprintf(m->reason, sizeof m->reason, "the state is inconsistent");
    return false;
}

EXPORT void ringdiff_get_state(void *model, struct ringdiff_state *state) {
    struct model *m = model;
    if (m->held)
        *state = m->state;
    else
        state_from_core(m->core, state);
}

/* ---- running ---- */

static enum ringdiff_end run(struct model *m) {
    enum refcore_end end = refcore_run(m->core, m->limits->instructions);
    while (m->captured && !m->held) {
        /* what is pending where the handler begins comes before it */
        m->captured = false;
        for (unsigned i = 0; i < BOUNDARIES_MAX && refcore_boundary(m->core); i++)
            ;
        struct refcore_state s;
        refcore_get_state(m->core, &s);
        if (s.shutdown)
            return RINGDIFF_SHUTDOWN;
        if (in_capture(m))
            return RINGDIFF_CAPTURE;
        end = refcore_run(m->core, m->limits->instructions);
    }
    if (m->held)
        return RINGDIFF_EVENT;
    switch (end) {
    case REFCORE_SHUTDOWN:
        return RINGDIFF_SHUTDOWN;
    case REFCORE_HALT:
        return RINGDIFF_HALTED;
    case REFCORE_LIMIT:
        return RINGDIFF_LIMIT;
    default:
        break;
    }
    snprintf(m->reason, sizeof m->reason, "the core stopped by itself");
    return RINGDIFF_ERROR;
}

EXPORT enum ringdiff_end ringdiff_run(void *model, const struct ringdiff_run_limits *limits,
                                      struct ringdiff_event *event) {
    struct model *m = model;
    m->limits = limits;
    m->held = m->captured = false;
    refcore_set_interrupt(m->core, limits->interrupt);
    enum ringdiff_end end = run(m);
    m->limits = 0;
    if (end == RINGDIFF_EVENT)
        *event = m->event;
    return end;
}

EXPORT const char *ringdiff_reason(void *model) {
    return model ? ((struct model *)model)->reason : last_reason;
}
