/* SPDX-License-Identifier: BSD-2-Clause */
/* drive.c - unit tests of a model: a few windows made by hand, checked against the manual. TAP on stdout.
 *   drive MODEL.so [OPTIONS]          run the tests
 *   drive --bench N MODEL.so [OPTIONS]   N times set_state, run, get_state; prints cases a second */
#include "rows.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RSP = 4 };

static bool load(struct model *m, const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "drive: %s\n", dlerror());
        return false;
    }
#define ENTRY(name) *(void **)&m->name = dlsym(library, "ringdiff_" #name)
    ENTRY(info);
    ENTRY(create);
    ENTRY(destroy);
    ENTRY(accept);
    ENTRY(memory_changed);
    ENTRY(set_state);
    ENTRY(get_state);
    ENTRY(run);
    ENTRY(reason);
#undef ENTRY
    return m->info && m->create && m->destroy && m->memory_changed && m->set_state && m->get_state &&
           m->run && m->reason;
}

static uint32_t no_in(void *context, uint16_t port, unsigned size) {
    (void)context, (void)port;
    return size == 1 ? 0xff : size == 2 ? 0xffff : 0xffffffff;
}
static void no_out(void *context, uint16_t port, unsigned size, uint32_t value) {
    (void)context, (void)port, (void)size, (void)value;
}

/* ---- one row ---- */

static char why[200];
static bool fail(const char *what, uint64_t got, uint64_t expected) {
    snprintf(why, sizeof why, "%s: got 0x%llx, expected 0x%llx", what, (unsigned long long)got,
             (unsigned long long)expected);
    return false;
}

/* The event, from what was reported or from the stack of the handler that was entered. */
static bool event_seen(const struct model *m, const struct scene *s, const struct row *r,
                       struct ringdiff_state *state, struct ringdiff_event *event, enum ringdiff_end end) {
    uint32_t at;
    uint64_t word = 0;
    if (!(m->info()->can & RINGDIFF_CAN_DELIVER))
        return end == RINGDIFF_EVENT || fail("end", end, RINGDIFF_EVENT);
    if (end != RINGDIFF_CAPTURE)
        return fail("end", end, RINGDIFF_CAPTURE);
    at = (uint32_t)(state->segment[CS].base + state->rip);
    *event =
        (struct ringdiff_event){.vector = (uint8_t)((at - STUBS) / 16), .kind = r->kind, .cr2 = state->cr2};
    at = (uint32_t)(state->segment[SS].base + state->gpr[4]);
    const uint32_t long_modes = RINGDIFF_LONG64 | RINGDIFF_COMPAT32 | RINGDIFF_COMPAT16;
    const unsigned slot = r->mode == RINGDIFF_REAL ? 2 : r->mode & long_modes ? 8 : 4;
    if (r->has_error) {
        memcpy(&word, s->ram + at, slot);
        event->error = (uint32_t)word;
        at += slot;
    }
    memcpy(&state->rip, s->ram + at, slot);
    if (r->cpl) { /* behind RIP, CS and flags */
        state->gpr[RSP] = 0;
        memcpy(&state->gpr[RSP], s->ram + at + 3 * slot, slot);
    }
    return true;
}

static bool run_row(const struct model *m, struct scene *s, const struct row *r) {
    static const struct ringdiff_range stubs = {STUBS, STUBS_END};
    const struct ringdiff_run_limits limits = {100000, &stubs, 1, -1};
    struct ringdiff_state state = scene_set(s, r->mode, r->cpl), out;
    struct ringdiff_event event = {0};
    const struct ringdiff_case which = {r->name, r->mode, r->cpl, (const uint8_t *)r->code, r->size, 0, 0};
    const uint64_t start = state.rip;
    const uint32_t place = (uint32_t)(state.segment[CS].base + start);
    memcpy(s->ram + place, r->code, r->size);
    if (r->prepare)
        r->prepare(s, &state);
    m->memory_changed(m->self, 0, 0);
    const bool accepted = !m->accept || m->accept(m->self, &which);
    if (r->end == ROW_REFUSED)
        return !accepted || fail("accepted", 1, 0);
    if (!accepted && r->end != ROW_LACKS) {
        snprintf(why, sizeof why, "refused: %s", m->reason(m->self));
        return false;
    }
    if (!m->set_state(m->self, &state)) {
        snprintf(why, sizeof why, "set_state: %s", m->reason(m->self));
        return r->end == ROW_NO_STATE;
    }
    const enum ringdiff_end end = m->run(m->self, &limits, &event);
    m->get_state(m->self, &out);
    if (r->end == ROW_LACKS)
        return end == RINGDIFF_LACKS || fail("end", end, RINGDIFF_LACKS);
    if (r->end == ROW_LOOPS)
        return end == RINGDIFF_LIMIT || fail("end", end, RINGDIFF_LIMIT);
    if (end == RINGDIFF_ERROR || end == RINGDIFF_LACKS) {
        snprintf(why, sizeof why, "end %d: %s", end, m->reason(m->self));
        return false;
    }
    if (!event_seen(m, s, r, &out, &event, end))
        return false;
    if (event.vector != r->vector)
        return fail("vector", event.vector, r->vector);
    if (event.kind != r->kind)
        return fail("kind", event.kind, r->kind);
    if (event.error != r->error)
        return fail("error", event.error, r->error);
    if (r->cr2 && event.cr2 != r->cr2)
        return fail("cr2", event.cr2, r->cr2);
    if (out.rip != start + r->rip)
        return fail("rip", out.rip, start + r->rip);
    if (r->check >= 0 && out.gpr[r->check] != r->value)
        return fail("register", out.gpr[r->check], r->value);
    const char *wrong = r->look ? r->look(s, &out) : 0;
    if (wrong)
        snprintf(why, sizeof why, "%s", wrong);
    return !wrong;
}

/* What hosts change in page tables and code between two runs is seen by the second. */
static bool sees_changes(const struct model *m, struct scene *s, const char **name) {
    static const struct ringdiff_range stubs = {STUBS, STUBS_END};
    const struct ringdiff_run_limits limits = {100000, &stubs, 1, -1};
    const uint32_t entry = TABLES + 3 * 4096 + (DATA >> 12) * 8;
    struct ringdiff_state state = scene_set(s, RINGDIFF_LONG64, 3), out;
    struct ringdiff_event event = {0};
    state.gpr[7] = DATA;
    memcpy(s->ram + CODE, "\x89\x07\x0f\x0b", 4); /* MOV [RDI], EAX; UD2 */
    m->memory_changed(m->self, 0, 0);
    for (unsigned round = 0; round < 6; round++) {
        const bool writable = round != 1 && round != 4;
        const uint8_t rights = writable ? 7 : 5;
        *name = round < 3 ? "changed page tables are seen" : "changed code is seen";
        s->ram[CODE + 1] = round < 3 ? 0x07 : 0x0f; /* the register: EAX, ECX */
        memcpy(s->ram + entry, &rights, 1);
        m->memory_changed(m->self, CODE, 4096);
        m->memory_changed(m->self, TABLES, 4 * 4096);
        if (!m->set_state(m->self, &state) || m->run(m->self, &limits, &event) != RINGDIFF_EVENT)
            return fail("round", round, 6);
        m->get_state(m->self, &out);
        if (event.vector != (writable ? 6 : 14))
            return fail("vector", event.vector, writable ? 6 : 14);
        if (writable && s->ram[DATA] != (round < 3 ? 0x01 : 0x02))
            return fail("byte written", s->ram[DATA], round < 3 ? 0x01 : 0x02);
    }
    return true;
}

static bool applies(const struct model *m, const struct row *r) {
    const struct ringdiff_info *i = m->info();
    return i->modes & r->mode && i->cpls >> r->cpl & 1 && (i->can & r->needs) == r->needs &&
           (!r->only || strcmp(r->only, i->name) == 0) && (!r->not_for || !strstr(r->not_for, i->name));
}

static int run_rows(const struct model *m, struct scene *s) {
    unsigned number = 0, failed = 0;
    for (unsigned i = 0; i < row_count; i++) {
        if (!applies(m, &rows[i]))
            continue;
        const bool good = run_row(m, s, &rows[i]);
        failed += !good;
        printf("%sok %u - %s\n", good ? "" : "not ", ++number, rows[i].name);
        if (!good)
            printf("# %s\n", why);
        fflush(stdout);
    }
    const uint64_t pages = RINGDIFF_CAN_PAGE | RINGDIFF_CAN_DELIVER;
    if (m->info()->modes & RINGDIFF_LONG64 && (m->info()->can & pages) == RINGDIFF_CAN_PAGE) {
        const char *name;
        const bool good = sees_changes(m, s, &name);
        failed += !good;
        printf("%sok %u - %s\n", good ? "" : "not ", ++number, name);
        if (!good)
            printf("# %s\n", why);
    }
    printf("1..%u\n", number);
    return failed || !number;
}

static int bench(const struct model *m, struct scene *s, unsigned long count) {
    static const uint32_t modes[] = {RINGDIFF_LONG64, RINGDIFF_PM32, RINGDIFF_REAL};
    const struct ringdiff_range stubs = {STUBS, STUBS_END};
    const struct ringdiff_run_limits limits = {100000, &stubs, 1, -1};
    unsigned choice = 0;
    while (!(m->info()->modes & modes[choice]))
        choice++;
    const unsigned cpl = m->info()->cpls & 1 ? 0 : 3;
    const struct ringdiff_state state = scene_set(s, modes[choice], cpl);
    struct ringdiff_state out;
    struct ringdiff_event event;
    struct timespec from, to;
    memcpy(s->ram + CODE, "\x01\xd8\x0f\x0b", 4);
    m->memory_changed(m->self, 0, 0);
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (unsigned long i = 0; i < count; i++) {
        m->memory_changed(m->self, GDT, 0x10000);
        if (!m->set_state(m->self, &state) || m->run(m->self, &limits, &event) > RINGDIFF_EVENT)
            return 1;
        m->get_state(m->self, &out);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    const double seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    printf("%s: %.0f cases a second\n", m->info()->name, (double)count / seconds);
    return 0;
}

int main(int argc, char **argv) {
    unsigned long count = 0;
    struct model m;
    struct scene s;
    if (argc > 2 && strcmp(argv[1], "--bench") == 0) {
        count = strtoul(argv[2], 0, 10);
        argc -= 2, argv += 2;
    }
    if (argc < 2 || !load(&m, argv[1]) || !scene_open(&s)) {
        fprintf(stderr, "usage: drive [--bench N] MODEL.so [OPTIONS]\n");
        return 2;
    }
    const struct ringdiff_machine machine = {.abi = RINGDIFF_MODEL_ABI,
                                             .ram_file = (uint32_t)s.file,
                                             .ram = s.ram,
                                             .ram_size = RAM_SIZE,
                                             .profile = __builtin_cpu_is("intel") ? "intel" : "amd",
                                             .options = argc > 2 ? argv[2] : "",
                                             .in = no_in,
                                             .out = no_out};
    m.self = m.create(&machine);
    if (!m.self) {
        printf("1..0 # SKIP %s\n", m.reason(0));
        return 0;
    }
    const int result = count ? bench(&m, &s, count) : run_rows(&m, &s);
    m.destroy(m.self);
    scene_close(&s);
    return result;
}
