/* SPDX-License-Identifier: BSD-2-Clause */
/* step.c - single steps: cases of a vector file without a kit (docs/vector-format.md, Single steps). No code captures what the
 * window leaves; the host says what the state and memory have become, and the harness judges. */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOWS_MAX = 16, RUNS_MAX = 1024, BYTES_MAX = 1 << 16, HLT = 0xf4 };

/* ---- memory ---- */

/* The bytes of a mode's base. */
static void copy_base(const struct scene *s, uint8_t *to, uint32_t at, uint32_t length) {
    const struct mode *m = &s->v->mode[s->mode];
    while (length) {
        const uint32_t offset = at % VECTOR_PAGE, left = VECTOR_PAGE - offset;
        const uint32_t part = length < left ? length : left;
        const uint8_t *page = m->page[at / VECTOR_PAGE];
        if (page)
            memcpy(to, page + offset, part);
        else
            memset(to, 0, part);
        to += part, at += part, length -= part;
    }
}

static void note_written(struct scene *s, uint32_t at, uint32_t length) {
    for (uint32_t page = at / VECTOR_PAGE; length && page <= (at + length - 1) / VECTOR_PAGE; page++) {
        unsigned i = 0;
        while (i < s->pages_written && s->page_written[i] != page)
            i++;
        if (i < s->pages_written)
            continue;
        if (i == sizeof s->page_written / sizeof *s->page_written) {
            s->all_dirty = true;
            return;
        }
        s->page_written[s->pages_written++] = page;
    }
}

static void tell(struct host *h) {
    struct scene *s = &h->scene;
    for (unsigned i = 0; i < s->pages_written && !s->all_dirty; i++) {
        const uint64_t at = (uint64_t)s->page_written[i] * VECTOR_PAGE;
        h->model.memory_changed(h->model.self, at, VECTOR_PAGE);
        refcore_memory_changed(h->core, at, VECTOR_PAGE);
    }
    if (s->all_dirty) {
        h->model.memory_changed(h->model.self, 0, 0);
        refcore_memory_changed(h->core, 0, 0);
    }
    s->pages_written = 0;
    s->all_dirty = false;
}

static void enter_mode(struct scene *s, uint32_t number) {
    for (uint32_t i = 0; i < s->v->pages; i++) {
        const size_t at = (size_t)i * VECTOR_PAGE;
        if (!s->v->mode[number].page[i] && !(s->mode && s->v->mode[s->mode].page[i]))
            continue;
        const uint32_t was = s->mode;
        s->mode = number;
        copy_base(s, s->ram + at, (uint32_t)at, VECTOR_PAGE);
        memcpy(s->expected + at, s->ram + at, VECTOR_PAGE);
        s->mode = was;
    }
    s->mode = number;
    s->all_dirty = true;
}

void step_enter(struct scene *s, const struct vector_case *e, struct ringdiff_state *launch) {
    if (s->mode != e->mode)
        enter_mode(s, e->mode);
    s->entry = e;
    s->body = vectors_body(s->v, e->key);
    entry_parts(e, &s->parts);
    const uint8_t *at = s->parts.launch;
    struct vector_run run;
    for (uint32_t i = 0; i < e->launch_runs; i++, at += run.length) {
        memcpy(&run, at, sizeof run);
        at += sizeof run;
        memcpy(s->expected + run.at, at, run.length);
        memcpy(s->ram + run.at, at, run.length);
        note_written(s, run.at, run.length);
    }
    *launch = s->v->mode[e->mode].state;
    runs_apply(s->parts.state, e->state_runs, (uint8_t *)launch, 0);
}

void step_leave(struct scene *s) {
    const uint8_t *at = s->parts.launch;
    struct vector_run run;
    for (uint32_t i = 0; i < s->entry->launch_runs; i++, at += run.length) {
        memcpy(&run, at, sizeof run);
        at += sizeof run;
        copy_base(s, s->expected + run.at, run.at, run.length);
        memcpy(s->ram + run.at, s->expected + run.at, run.length);
        note_written(s, run.at, run.length);
    }
    s->entry = 0;
}

/* ---- running ---- */

static bool at_halt(const struct host *h, const struct ringdiff_state *s) {
    const uint32_t at = (uint32_t)(s->segment[1].base + s->rip);
    return h->scene.entry->flags & VECTOR_HALT && at < h->v->head.ram_size && h->scene.ram[at] == HLT;
}

int step_run(struct host *h, const struct ringdiff_state *launch, struct ringdiff_state *final) {
    const struct vector_case *e = h->scene.entry;
    struct ringdiff_state state = *launch;
    int interrupt = e->interrupt;
    h->io = h->scene.parts.ios;
    h->ios = e->ios;
    tell(h);
    refcore_set_interrupt(h->core, interrupt);
    for (unsigned window = 0; window < WINDOWS_MAX; window++) {
        struct ringdiff_event event = {0};
        const struct ringdiff_run_limits limits = {h->instructions, h->v->capture, h->v->head.captures,
                                                   interrupt};
        if (!h->model.set_state(h->model.self, &state)) {
            model_reason(&h->model, "the model cannot represent the state", h->reason);
            return HOST_LACKS;
        }
        enum ringdiff_end end = h->model.run(h->model.self, &limits, &event);
        if (end == RINGDIFF_HALTED && e->flags & VECTOR_HALT) {
            int code = case_take_state(h, launch, final);
            final->rip--; /* a halted processor's is the next instruction; `final` has the HLT's */
            return code;
        }
        int code = case_arrive(h, launch, end, &event);
        if (code)
            return code;
        case_state(h, &state);
        if (case_captured(h, &state) || at_halt(h, &state)) {
            *final = state;
            return 0;
        }
        interrupt = refcore_interrupt(h->core);
        h->scene.all_dirty = true; /* the delivery has pushed */
        tell(h);
    }
    snprintf(h->reason, sizeof h->reason, "the window did not end: events in its own handlers");
    return HOST_HANG;
}

/* ---- what it has come to ---- */

static void put_run(struct frames *f, uint32_t at, const uint8_t *bytes, uint32_t length) {
    const struct vector_run run = {at, length};
    bytes_add(f, &run, sizeof run);
    bytes_add(f, bytes, length);
}

/* Runs of what differs in `size` bytes; of a window that has overwritten everything only the first. */
static void put_differences(struct frames *f, uint32_t *count, uint32_t at, const uint8_t *now,
                            const uint8_t *was, uint32_t size) {
    for (uint32_t i = 0; i < size && *count < RUNS_MAX && f->size < BYTES_MAX; i++) {
        uint32_t length = 0;
        while (i + length < size && now[i + length] != was[i + length])
            length++;
        if (!length)
            continue;
        put_run(f, at + i, now + i, length);
        (*count)++;
        i += length;
    }
}

/* Only pages that something has written are looked at: the memory file has no others. Repairs them; what the case's own event has
 * done, too. */
static void put_memory(struct scene *s, struct frames *f, uint32_t *count) {
    const off_t end = (off_t)s->v->head.ram_size;
    for (off_t from = 0; from < end;) {
        from = lseek(s->ram_file, from, SEEK_DATA);
        if (from < 0)
            return; /* no more */
        const off_t to = lseek(s->ram_file, from, SEEK_HOLE);
        for (; from < to; from += VECTOR_PAGE) {
            uint8_t *now = s->ram + from, *was = s->expected + from;
            if (memcmp(now, was, VECTOR_PAGE) == 0)
                continue;
            put_differences(f, count, (uint32_t)from, now, was, VECTOR_PAGE);
            memcpy(now, was, VECTOR_PAGE);
            note_written(s, (uint32_t)from, VECTOR_PAGE);
        }
    }
}

void frame_step(struct frames *f, struct scene *s, const struct ringdiff_state *launch,
                const struct ringdiff_state *final) {
    static struct frames runs; /* as it grows it stays */
    uint32_t head[3] = {s->entry->ordinal, 0, 0};
    runs.size = 0;
    put_differences(&runs, &head[1], 0, (const uint8_t *) final, (const uint8_t *)launch, sizeof *final);
    put_memory(s, &runs, &head[2]);
    uint8_t *at = frame_begin(f, STEPPED, sizeof head + runs.size);
    memcpy(at, head, sizeof head);
    memcpy(at + sizeof head, runs.at, runs.size);
    frame_end(f, at + sizeof head + runs.size);
}

void step_repair(struct scene *s) {
    static struct frames dropped;
    uint32_t count = RUNS_MAX;
    put_memory(s, &dropped, &count);
}
