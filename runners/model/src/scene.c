/* SPDX-License-Identifier: BSD-2-Clause */
/* scene.c - guest memory as a case finds it at LAUNCH, and what it has become. Only what differs is written. */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint8_t *plain_memory(size_t size) {
    void *at = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return at == MAP_FAILED ? 0 : at;
}

bool scene_create(struct scene *s, const struct vectors *v, uint8_t *ram, int ram_file) {
    *s = (struct scene){.v = v, .ram = ram, .ram_file = ram_file};
    s->expected = plain_memory(v->head.ram_size);
    s->base = plain_memory(v->head.ram_size);
    s->plain = malloc(0x2000);
    s->shadow = malloc(v->head.arena_size + 1);
    return s->expected && s->base && s->plain && s->shadow;
}

static void mark(struct scene *s, uint32_t at, uint32_t length) {
    const struct vector_head *h = &s->v->head;
    if (at < h->guard || at >= h->guard + h->guard_size || !length)
        return;
    uint32_t first = (at - h->guard) >> 12, last = (at + length - 1 - h->guard) >> 12;
    for (uint32_t page = first; page <= last; page++)
        s->dirty |= UINT64_C(1) << page;
}

/* ---- modes and bodies ---- */

static void enter_mode(struct scene *s, uint32_t number) {
    static const uint8_t zero[VECTOR_PAGE];
    const struct mode *to = &s->v->mode[number];
    const struct mode *from = s->mode ? &s->v->mode[s->mode] : 0;
    for (uint32_t i = 0; i < s->v->pages; i++) {
        size_t at = (size_t)i * VECTOR_PAGE;
        if (!to->page[i] && !(from && from->page[i]))
            continue;
        const uint8_t *page = to->page[i] ? to->page[i] : zero;
        memcpy(s->base + at, page, VECTOR_PAGE);
        memcpy(s->expected + at, page, VECTOR_PAGE);
        memcpy(s->ram + at, page, VECTOR_PAGE);
    }
    const struct vector_head *h = &s->v->head;
    memcpy(s->shadow, s->base + h->arena, h->arena_size);
    s->mode = number;
    s->body = 0;
    s->all_dirty = true;
}

static void enter_body(struct scene *s, const struct body *body) {
    const struct vector_head *h = &s->v->head;
    const uint32_t code = body->head.code, size = 0x2000;
    if (s->body)
        memcpy(s->base + code, s->plain, size);
    else
        memcpy(s->plain, s->base + code, size);
    runs_apply(body->runs, body->head.runs, s->base, 0);
    memcpy(s->expected + code, s->base + code, size);
    memcpy(s->ram + code, s->base + code, size);
    memcpy(s->shadow + (code - h->arena), s->base + code, size);
    mark(s, code, size);
    s->body = body;
}

/* ---- cases ---- */

static void set_expected(struct scene *s, uint32_t at, const uint8_t *bytes, uint32_t length) {
    const struct vector_head *h = &s->v->head;
    memcpy(s->expected + at, bytes, length);
    memcpy(s->ram + at, bytes, length);
    mark(s, at, length);
    if (at >= h->arena && at + length <= h->arena + h->arena_size)
        memcpy(s->shadow + (at - h->arena), bytes, length);
    else
        for (uint32_t i = 0; i < length; i++) /* a run across the arena's edge */
            if (at + i >= h->arena && at + i < h->arena + h->arena_size)
                s->shadow[at + i - h->arena] = bytes[i];
}

/* Takes the entry's runs back: to the body's base. */
static void undo(struct scene *s) {
    const struct vector_head *h = &s->v->head;
    const uint8_t *at = s->parts.launch;
    struct vector_run run;
    for (uint32_t i = 0; i < s->entry->launch_runs; i++, at += sizeof run + run.length) {
        memcpy(&run, at, sizeof run);
        set_expected(s, run.at, s->base + run.at, run.length);
    }
    at = s->parts.shadow;
    for (uint32_t i = 0; i < s->entry->shadow_runs; i++, at += sizeof run + run.length) {
        memcpy(&run, at, sizeof run);
        memcpy(s->shadow + (run.at - h->arena), s->expected + run.at, run.length);
    }
    s->entry = 0;
}

void scene_enter(struct scene *s, const struct vector_case *e, struct ringdiff_state *launch) {
    const struct vector_head *h = &s->v->head;
    if (s->entry)
        undo(s);
    if (s->mode != e->mode)
        enter_mode(s, e->mode);
    const struct body *body = vectors_body(s->v, e->key);
    if (s->body != body)
        enter_body(s, body);
    s->entry = e;
    entry_parts(e, &s->parts);
    const uint8_t *at = s->parts.launch;
    struct vector_run run;
    for (uint32_t i = 0; i < e->launch_runs; i++, at += sizeof run + run.length) {
        memcpy(&run, at, sizeof run);
        set_expected(s, run.at, at + sizeof run, run.length);
    }
    runs_apply(s->parts.shadow, e->shadow_runs, s->shadow, h->arena);
    *launch = s->v->mode[e->mode].state;
    runs_apply(s->parts.state, e->state_runs, (uint8_t *)launch, 0);
}

/* Some cases mean to write the guards around the arena: what the reference core has written there too is no stray write. */
static void leave_guards(struct scene *s) {
    const struct vector_head *h = &s->v->head;
    const uint8_t *at = s->parts.final;
    struct vector_run run;
    for (uint32_t i = 0; i < s->entry->final_runs; i++, at += sizeof run + run.length) {
        memcpy(&run, at, sizeof run);
        if (run.at >= h->arena && run.at + run.length <= h->arena + h->arena_size)
            continue;
        if (memcmp(s->ram + run.at, at + sizeof run, run.length) == 0) {
            memcpy(s->ram + run.at, s->expected + run.at, run.length);
            mark(s, run.at, run.length);
        }
    }
}

/* What a record has shown is put back by frame_record(); this is for what no record shows. */
void scene_leave(struct scene *s) {
    enum { STATE = 0x400 };
    const struct vector_head *h = &s->v->head;
    memcpy(s->ram + h->variables, s->expected + h->variables, h->variables_size);
    memcpy(s->ram + h->final, s->expected + h->final, STATE);
    leave_guards(s);
    const uint8_t *at = s->parts.shadow;
    struct vector_run run;
    for (uint32_t i = 0; i < s->entry->shadow_runs; i++, at += sizeof run + run.length) {
        memcpy(&run, at, sizeof run);
        memcpy(s->ram + run.at, s->expected + run.at, run.length);
        mark(s, run.at, run.length);
    }
}

void scene_touched(struct scene *s) {
    s->dirty = ~UINT64_C(0);
}

void scene_tell(struct scene *s, const struct model *model, struct refcore *core) {
    if (s->all_dirty) {
        model->memory_changed(model->self, 0, 0);
        refcore_memory_changed(core, 0, 0);
    }
    uint64_t pages = s->all_dirty ? 0 : s->dirty;
    while (pages) {
        unsigned first = (unsigned)__builtin_ctzll(pages), count = 1;
        while (first + count < 64 && pages >> (first + count) & 1)
            count++;
        uint64_t bits = count == 64 ? ~UINT64_C(0) : ((UINT64_C(1) << count) - 1) << first;
        pages &= ~bits;
        uint64_t at = s->v->head.guard + (uint64_t)first * 4096, size = (uint64_t)count * 4096;
        uint64_t end = s->v->head.guard + s->v->head.guard_size;
        size = at + size > end ? end - at : size;
        model->memory_changed(model->self, at, size);
        refcore_memory_changed(core, at, size);
    }
    s->dirty = 0;
    s->all_dirty = false;
}

/* ---- stray writes ---- */

static const char *differs(struct scene *s, uint32_t at, uint32_t end, char to[REASON]) {
    if (memcmp(s->ram + at, s->expected + at, end - at) == 0)
        return 0;
    uint32_t i = at;
    while (s->ram[i] == s->expected[i])
        i++;
    s->stray_at = i;
    snprintf(to, REASON, "physical %#x is %#x, not %#x", i, s->ram[i], s->expected[i]);
    memcpy(s->ram + at, s->expected + at, end - at);
    mark(s, at, end - at);
    return to;
}

/* The same for much memory: pages that nothing has touched are holes of the memory file, and zero in what is expected. */
static const char *differs_anywhere(struct scene *s, uint32_t at, uint32_t end, char to[REASON]) {
    const char *found = 0;
    for (off_t from = lseek(s->ram_file, at, SEEK_DATA); from >= 0 && from < end;
         from = lseek(s->ram_file, from, SEEK_DATA)) {
        const off_t hole = lseek(s->ram_file, from, SEEK_HOLE);
        const uint32_t until = hole < 0 || hole > end ? end : (uint32_t)hole;
        const char *here = differs(s, (uint32_t)from, until, to);
        found = found ? found : here;
        from = until;
    }
    return found;
}

/* The kit's capture code writes its own pages: real mode's registers and stack, the kit's stack, S_FINAL and the fault log. */
const char *scene_stray(struct scene *s, bool whole, bool arena_too, char to[REASON]) {
    enum { LOW_VARS = 0x18000, LOW_VARS_END = 0x20000, PAYLOAD = 0x400000, KIT_END = 0x410000 };
    enum { CONSTS = 0x1000, TABLES = 0xa70000, TABLES_END = 0xa78000 };
    const struct vector_head *h = &s->v->head;
    const uint32_t arena_end = h->arena + h->arena_size, end = h->guard + h->guard_size;
    const struct {
        uint32_t from, to;
        bool look;
    } places[] = {
        {0, LOW_VARS, true},
        {LOW_VARS_END, h->guard, true},
        {h->guard, h->arena, true},
        {h->arena, arena_end, arena_too},
        {arena_end, end, true},
        {PAYLOAD, KIT_END, true},
        {h->variables + CONSTS, h->variables + 4 * CONSTS, true},
        {TABLES, TABLES_END, true},
        {end, PAYLOAD, whole},
        {KIT_END, h->variables, whole},
        {h->variables + 0x10000, TABLES, whole},
        {TABLES_END + 0x10000, (uint32_t)h->ram_size, whole},
    };
    const char *found = 0;
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        if (places[i].look && places[i].from < places[i].to) {
            const char *here = differs_anywhere(s, places[i].from, places[i].to, to);
            found = found ? found : here;
        }
    }
    return found;
}
