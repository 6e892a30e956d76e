/* SPDX-License-Identifier: BSD-2-Clause */
/* child.c - the process that holds the model: cases in batches, each batch's frames written when memory was found sound. */
#include "host.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, WHOLE_EVERY = 128, LAUNCH_PORT = 0xfb, FINAL_PORT = 0xfc };
#define FLUSH_NS UINT64_C(500000000)

struct child {
    struct host host;
    const struct options *o;
    struct control *control;
    struct frames frames;
    int stream;
    uint32_t batch; /* cases in it */
    uint32_t batches, mode;
    bool careful;
    uint32_t strayed_until; /* a batch that strayed, up to here, runs again case by case; 0: none */
    char strayed[REASON];   /* where, until the case is found */
};

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* ---- ports ---- */

/* The access that the reference core made next, if it is this one; it is taken then. */
static bool next_access(struct host *h, uint16_t port, unsigned size, bool out, uint32_t *value) {
    struct vector_io io;
    if (!h->ios)
        return false;
    memcpy(&io, h->io, sizeof io);
    if (io.port != port || io.size != size || io.out != out)
        return false;
    h->ios--;
    h->io += sizeof io;
    *value = io.value;
    return true;
}

static uint32_t port_in(void *context, uint16_t port, unsigned size) {
    uint32_t value;
    return next_access(context, port, size, false, &value) ? value : UINT32_MAX;
}

static void port_out(void *context, uint16_t port, unsigned size, uint32_t value) {
    (void)next_access(context, port, size, true, &value);
}

/* The kit's own, run by the core. */
static void kit_out(void *context, uint16_t port, unsigned size, uint32_t value) {
    struct host *h = context;
    (void)size, (void)value;
    if (port == LAUNCH_PORT)
        h->opened = true;
    else if (port == FINAL_PORT)
        h->complete = true;
    else
        return;
    refcore_stop(h->core);
}

/* ---- creation ---- */

static int create(struct child *c, const struct vectors *v, int ram_file) {
    struct host *h = &c->host;
    const char *why = model_load(&h->model, c->o->model);
    if (why) {
        snprintf(c->control->reason, REASON, "%.200s", why);
        return HOST_LACKS;
    }
    uint8_t *ram = mmap(0, v->head.ram_size, PROT_READ | PROT_WRITE, MAP_SHARED, ram_file, 0);
    h->v = v;
    h->instructions = c->o->instructions;
    h->core = refcore_create_shared(v->head.profile, v->head.ram_size, ram_file);
    if (ram == MAP_FAILED || !h->core || !scene_create(&h->scene, v, ram, ram_file)) {
        snprintf(c->control->reason, REASON,
                 "not enough memory, or the vector file's CPU profile is unknown");
        return HOST_ERROR;
    }
    refcore_set_board(h->core, &(struct refcore_board){.context = h, .port_out = kit_out});
    static struct ringdiff_machine machine;
    static char profile[sizeof v->head.profile];
    snprintf(profile, sizeof profile, "%s", v->head.profile);
    machine = (struct ringdiff_machine){.abi = RINGDIFF_MODEL_ABI,
                                        .ram_file = (uint32_t)ram_file,
                                        .ram = ram,
                                        .ram_size = v->head.ram_size,
                                        .profile = profile,
                                        .options = c->o->settings,
                                        .context = h,
                                        .in = port_in,
                                        .out = port_out};
    h->model.self = h->model.create(&machine);
    if (!h->model.self) {
        model_reason(&h->model, "the model could not be created", c->control->reason);
        return HOST_LACKS;
    }
    return 0;
}

/* ---- which cases are run ---- */

static const char *not_run(const struct host *h, const struct vector_case *e,
                           const struct ringdiff_state *launch) {
    enum { TF = 1 << 8, BREAKPOINTS = 0xff, DEBUG = 1 };
    const struct ringdiff_info *info = h->model.info;
    const uint64_t can = info->can;
    if (!(info->modes >> e->mode & 1))
        return "the model does not run this mode";
    if (!(info->cpls >> e->cpl & 1))
        return "the model does not run at this CPL";
    if (launch->cr0 >> 31 & 1 && !(can & RINGDIFF_CAN_PAGE))
        return "the model does not translate pages";
    if (e->flags & VECTOR_DEVICES)
        return "a device raises an interrupt or moves A20 in the window; models have none";
    if (e->interrupt >= 0 && !(can & RINGDIFF_CAN_INTERRUPT))
        return "the model takes no interrupts";
    if (e->ios && !(can & RINGDIFF_CAN_IO))
        return "the model has no ports";
    bool debug = launch->dr7 & BREAKPOINTS || launch->rflags & TF ||
                 (e->events && e->event.vector == DEBUG && e->event.kind <= RINGDIFF_TRAP);
    if (debug && !(can & RINGDIFF_CAN_DEBUG))
        return "the model has no debug exceptions";
    if (e->outcome == VECTOR_SHUTDOWN && can & RINGDIFF_CAN_DELIVER && !(can & RINGDIFF_CAN_SHUT_DOWN))
        return "the model does not shut down";
    return 0;
}

static const char *refused(struct host *h, const struct vector_case *e, const struct ringdiff_state *launch) {
    const struct body *body = h->scene.body;
    const bool code64 = launch->efer & 1 << 10 && launch->segment[1].rights & 1 << 13;
    const uint64_t at = code64 ? launch->rip : (uint32_t)(launch->segment[1].base + launch->rip);
    const uint64_t end = (uint64_t)body->head.code + body->head.code_size;
    const bool inside = at >= body->head.code && at < end;
    const struct ringdiff_case which = {.id = body->id ? body->id : "",
                                        .mode = 1U << e->mode,
                                        .cpl = e->cpl,
                                        .code = h->scene.ram + (inside ? at : body->head.code),
                                        .code_size = inside ? (size_t)(end - at) : 0,
                                        .has_script = e->flags & VECTOR_SCRIPT ? 1 : 0};
    if (!h->model.accept || h->model.accept(h->model.self, &which))
        return 0;
    model_reason(&h->model, "the model does not take it", h->reason);
    return h->reason;
}

/* ---- batches ---- */

static void say_mode(struct child *c, uint32_t number) {
    const struct mode *m = &c->host.v->mode[number];
    frame_copy(&c->frames, BASELINE, m->baseline, m->baseline_size);
    c->mode = number;
}

/* false: the stream cannot be written. */
static bool flush(struct child *c, uint32_t next) {
    frame_words(&c->frames, VERIFIED, &next, 1);
    for (size_t done = 0; done < c->frames.size;) {
        ssize_t part = write(c->stream, c->frames.at + done, c->frames.size - done);
        if (part <= 0)
            return false;
        done += (size_t)part;
    }
    c->frames.size = 0;
    c->control->seq = c->frames.seq;
    c->control->mode = c->mode;
    c->control->next = next;
    c->control->cases += c->batch;
    c->batch = 0;
    return true;
}

/* The end of a batch; -1: memory was written that no case may write, and the batch has to be run again case by case. */
static int end_batch(struct child *c, uint32_t next, const struct vector_case *last) {
    enum { DAMAGED_KIT = 1 };
    char where[REASON];
    bool whole = ++c->batches % WHOLE_EVERY == 0 || next >= c->o->start + c->o->count;
    const char *stray = c->host.scene.entry && !c->host.v->steps
                            ? scene_stray(&c->host.scene, whole || c->careful, true, where)
                            : 0;
    if (stray && !c->careful) {
        /* in the arena the record will show it */
        const struct vector_head *head = &c->host.v->head;
        const bool outside = c->host.scene.stray_at - head->arena >= head->arena_size;
        snprintf(c->strayed, sizeof c->strayed, "%s", stray);
        c->strayed_until = outside ? next : 0;
        return -1;
    }
    if (stray)
        c->strayed_until = 0;
    else if (c->strayed_until &&
             next >= c->strayed_until) { /* alone none of them does it: the last stands for all */
        c->strayed_until = 0;
        stray = c->strayed;
    }
    if (stray && last) {
        const uint32_t note[3] = {last->key, last->raw, DAMAGED_KIT};
        frame_words(&c->frames, NOTE, note, 3);
        fprintf(stderr, "model-host: ordinal %u: stray write: %s\n", last->ordinal, stray);
    }
    return flush(c, next) ? 0 : HOST_ERROR;
}

/* Nothing of the batch was: memory is put right, and what it said forgotten. Returns the ordinal to go on with. */
static uint32_t take_back(struct child *c) {
    char where[REASON];
    (void)scene_stray(&c->host.scene, true, true, where);
    c->host.scene.all_dirty = true;
    c->frames.size = 0;
    c->frames.seq = (uint16_t)c->control->seq;
    c->mode = c->control->mode;
    c->batch = 0;
    return c->control->next;
}

static bool is_skipped(const struct options *o, uint32_t ordinal) {
    for (unsigned i = 0; i < o->skips; i++) {
        if (o->skip[i] == ordinal)
            return true;
    }
    return false;
}

static void run_step(struct child *c, const struct vector_case *e) {
    struct host *h = &c->host;
    struct ringdiff_state launch, final;
    const uint32_t begin[3] = {e->key, e->raw, e->ordinal};
    frame_words(&c->frames, CASE_BEGIN, begin, 3);
    c->control->started = now_ns();
    c->control->in_flight = e->ordinal;
    step_enter(&h->scene, e, &launch);
    const char *why = not_run(h, e, &launch);
    if (!why)
        why = refused(h, e, &launch);
    const int code = why ? HOST_LACKS : step_run(h, &launch, &final);
    c->control->in_flight = NO_ORDINAL;
    if (code == 0) {
        frame_step(&c->frames, &h->scene, &launch, &final);
    } else {
        frame_ended(&c->frames, e, (uint32_t)code, why ? why : h->reason);
        step_repair(&h->scene);
    }
    step_leave(&h->scene);
}

static void run_one(struct child *c, const struct vector_case *e) {
    struct host *h = &c->host;
    struct ringdiff_state launch;
    const uint32_t begin[3] = {e->key, e->raw, e->ordinal};
    if (e->outcome != VECTOR_NO_WINDOW && c->mode != e->mode)
        say_mode(c, e->mode);
    frame_words(&c->frames, CASE_BEGIN, begin, 3);
    if (e->outcome == VECTOR_NO_WINDOW) {
        frame_ended(&c->frames, e, HOST_LACKS, "its window does not open: nothing of it is the model's");
        return;
    }
    c->control->started = now_ns();
    c->control->in_flight = e->ordinal;
    scene_enter(&h->scene, e, &launch);
    const char *why = not_run(h, e, &launch);
    if (!why)
        why = refused(h, e, &launch);
    int code = why ? HOST_LACKS : case_run(h, &launch);
    c->control->in_flight = NO_ORDINAL;
    if (why) {
        frame_ended(&c->frames, e, HOST_LACKS, why);
        return;
    }
    if (code == 0) {
        frame_record(&c->frames, &h->scene, h->model.info->can, c->careful);
    } else {
        frame_ended(&c->frames, e, (uint32_t)code, h->reason);
        /* nobody has looked at the arena: it is put back as a whole */
        const struct vector_head *head = &h->v->head;
        memcpy(h->scene.ram + head->arena, h->scene.expected + head->arena, head->arena_size);
        scene_touched(&h->scene);
    }
    scene_leave(&h->scene);
}

static void say_skip(struct child *c, const struct vector_case *e, uint32_t first, uint32_t end) {
    const uint32_t words[3] = {e->key, e->raw, end - first};
    frame_words(&c->frames, SKIP, words, 3);
}

/* The entry of an ordinal; inside of a SKIP, which may begin before this range, the SKIP's. */
static const struct vector_case *entry_of(const struct vectors *v, uint32_t ordinal) {
    uint32_t at = ordinal;
    while (at && !v->entry[at])
        at--;
    const struct vector_case *e = v->entry[at];
    if (at != ordinal && e && (e->outcome != VECTOR_SKIP || at + e->skipped <= ordinal))
        return 0;
    return e;
}

static int run_all(struct child *c, const struct vectors *v) {
    const uint32_t end = c->o->start + c->o->count;
    const struct vector_case *last = 0;
    uint64_t flushed = now_ns();
    for (uint32_t ordinal = c->control->next; ordinal < end;) {
        const struct vector_case *e = entry_of(v, ordinal);
        uint32_t next = ordinal + 1;
        c->careful = c->o->flags & 1 || ordinal < c->control->careful_until;
        if (!e) {
            snprintf(c->control->reason, REASON, "the vector file lacks ordinal %u", ordinal);
            return HOST_LACKS;
        }
        if (e->outcome == VECTOR_SKIP) {
            next = e->ordinal + e->skipped < end ? e->ordinal + e->skipped : end;
            say_skip(c, e, ordinal, next);
        } else if (!is_skipped(c->o, ordinal)) {
            if (v->steps)
                run_step(c, e);
            else
                run_one(c, e);
            last = e;
            c->batch++;
        }
        ordinal = next;
        if (c->batch < BATCH && !c->careful && ordinal < end && c->control->started < flushed + FLUSH_NS)
            continue;
        int code = end_batch(c, ordinal, last);
        if (code < 0) {
            c->control->careful_until = ordinal;
            ordinal = take_back(c);
            continue;
        }
        if (code)
            return code;
        flushed = now_ns();
    }
    return 0;
}

int child_run(const struct options *o, const struct vectors *v, struct control *control, int ram_file,
              int stream) {
    static struct child child;
    struct child *c = &child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    *c = (struct child){.o = o, .control = control, .stream = stream, .mode = control->mode};
    c->frames.seq = (uint16_t)control->seq;
    control->started = now_ns();
    int code = create(c, v, ram_file);
    if (code == 0)
        code = run_all(c, v);
    if (code == 0)
        c->host.model.destroy(c->host.model.self);
    return code;
}
