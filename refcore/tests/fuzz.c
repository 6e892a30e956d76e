/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz.c - a random machine runs in every way that must come to the same: through blocks, again with warm
 * blocks, one instruction at a time under the hook, in slices, from a snapshot, in a fresh machine. A guest
 * that rewrites page tables without invalidating what they said is the exception: there only the same way
 * must come to the same twice. */
#include "fuzz.h"
#include "cpu/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t msrs_compared[] = {
    0x10,       0x1b,       0x174,      0x175,      0x176,      0x1d9,      0x277,      0x6e0,
    0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000102, 0xc0000103, 0xc0010015};
enum { MSRS = sizeof msrs_compared / sizeof *msrs_compared };

struct outcome {
    enum refcore_end end;
    int exit_code;
    struct refcore_state state;
    uint64_t msr[MSRS], trace;
    uint8_t ram[FUZZ_RAM];
};

/* Parts of repeated string instructions a run may have: each is up to 4096 iterations and counts as one
 * instruction, so that the limit on instructions alone would let a run take a second. */
enum { REPEATS = 8 };

struct trace {
    uint64_t hash;
    struct refcore *stops; /* stopped after REPEATS parts; NULL: never */
    unsigned repeats;
    bool verbose;
};

static uint64_t mix(uint64_t h, uint64_t v) {
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static void instruction(void *context, const struct refcore_state *s, unsigned length, const char *text) {
    struct trace *t = context;
    if (length < 1 || length > 15 || !*text)
        abort();
    if (strncmp(text, "rep", 3) == 0 && ++t->repeats == REPEATS && t->stops)
        refcore_stop(t->stops);
    t->hash = mix(mix(t->hash, s->rip), s->rflags);
    for (unsigned i = 0; i < 16; i++)
        t->hash = mix(t->hash, s->gpr[i]);
    if (t->verbose)
        printf("%6llu %04x:%08llx cpl%u fl %06llx ax %llx cx %llx dx %llx sp %llx si %llx di %llx  %s\n",
               (unsigned long long)s->instructions, s->segment[1].selector, (unsigned long long)s->rip,
               s->cpl, (unsigned long long)s->rflags, (unsigned long long)s->gpr[0],
               (unsigned long long)s->gpr[1], (unsigned long long)s->gpr[2], (unsigned long long)s->gpr[4],
               (unsigned long long)s->gpr[6], (unsigned long long)s->gpr[7], text);
}

/* ---- comparison ---- */

#define FIELD(name)                                                                                          \
    { #name, offsetof(struct refcore_state, name), sizeof(((struct refcore_state *)0)->name) }
static const struct {
    const char *name;
    size_t at, size;
} fields[] = {FIELD(instructions), FIELD(rip),       FIELD(rflags),     FIELD(gpr),        FIELD(cpl),
              FIELD(gdtr_base),    FIELD(idtr_base), FIELD(gdtr_limit), FIELD(idtr_limit), FIELD(cr0),
              FIELD(cr2),          FIELD(cr3),       FIELD(cr4),        FIELD(cr8),        FIELD(xcr0),
              FIELD(efer),         FIELD(pdpte),     FIELD(dr),         FIELD(dr6),        FIELD(dr7),
              FIELD(pkru),         FIELD(mxcsr),     FIELD(fcw),        FIELD(fsw),        FIELD(fop),
              FIELD(fcs),          FIELD(fds),       FIELD(ftw),        FIELD(fip),        FIELD(fdp),
              FIELD(ymm),          FIELD(halted),    FIELD(shutdown)};

static unsigned differences;
static void differ(const char *how, const char *what, unsigned index, uint64_t a, uint64_t b) {
    if (differences++ < 20)
        fprintf(stderr, "fuzz: %s: %s[%u] is %llx, was %llx\n", how, what, index, (unsigned long long)b,
                (unsigned long long)a);
}

static void compare_state(const char *how, const struct refcore_state *a, const struct refcore_state *b) {
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++) {
        const uint8_t *x = (const uint8_t *)a + fields[i].at, *y = (const uint8_t *)b + fields[i].at;
        size_t step = fields[i].size < 8 ? fields[i].size : 8;
        for (size_t at = 0; at < fields[i].size; at += step) {
            uint64_t p = 0, q = 0;
            memcpy(&p, x + at, step);
            memcpy(&q, y + at, step);
            if (p != q)
                differ(how, fields[i].name, (unsigned)(at / step), p, q);
        }
    }
    for (unsigned i = 0; i < 8; i++) {
        const struct refcore_segment *x = &a->segment[i], *y = &b->segment[i];
        if (x->selector != y->selector || x->rights != y->rights || x->null != y->null)
            differ(how, "segment selector, rights", i, x->selector | (uint64_t)x->rights << 16,
                   y->selector | (uint64_t)y->rights << 16);
        if (x->base != y->base)
            differ(how, "segment base", i, x->base, y->base);
        if (x->limit != y->limit)
            differ(how, "segment limit", i, x->limit, y->limit);
        if (a->st[i].significand != b->st[i].significand || a->st[i].sign_exponent != b->st[i].sign_exponent)
            differ(how, "st", i, a->st[i].significand, b->st[i].significand);
    }
}

static void compare(const char *how, const struct outcome *a, const struct outcome *b) {
    differences = 0;
    if (a->end != b->end)
        differ(how, "end", 0, a->end, b->end);
    if (a->exit_code != b->exit_code)
        differ(how, "exit code", 0, (uint64_t)a->exit_code, (uint64_t)b->exit_code);
    if (a->trace && b->trace && a->trace != b->trace)
        differ(how, "trace", 0, a->trace, b->trace);
    compare_state(how, &a->state, &b->state);
    for (unsigned i = 0; i < MSRS; i++) {
        if (a->msr[i] != b->msr[i])
            differ(how, "msr", msrs_compared[i], a->msr[i], b->msr[i]);
    }
    if (memcmp(a->ram, b->ram, FUZZ_RAM) != 0) {
        for (unsigned i = 0; i < FUZZ_RAM; i++) {
            if (a->ram[i] != b->ram[i])
                differ(how, "ram", i, a->ram[i], b->ram[i]);
        }
    }
    if (differences)
        abort();
}

/* The guest may have changed what translations come from: page tables, CR3, CR0.PG. Until it invalidates,
 * both the old and the new translation are right (SDM Vol. 3A, "Invalidation of TLBs and Paging-Structure
 * Caches"), and which one is used depends on what the software TLB holds, and so on the way of running.
 * Accessed and dirty bits do not count. */
static bool translations_changed(const struct fuzz_scene *s, const struct outcome *o) {
    if (!((s->state.cr0 | o->state.cr0) & CR0_PG))
        return false;
    if (((s->state.cr0 ^ o->state.cr0) & CR0_PG) || s->state.cr3 != o->state.cr3)
        return true;
    for (uint32_t at = FUZZ_TABLES; at < FUZZ_DATA; at++) {
        uint8_t kept = at % 4 == 0 ? (uint8_t)~0x60U : 0xff;
        if ((s->low[at] ^ o->ram[at]) & kept)
            return true;
    }
    return false;
}

/* ---- runs ---- */

/* One machine a profile, kept with a snapshot of its reset state. */
static struct {
    struct refcore *machine;
    struct refcore_snapshot *reset;
} kept[FUZZ_PROFILES];

static void load(struct refcore *m, const struct fuzz_scene *s) {
    static const uint8_t zero[0x1000];
    for (uint32_t page = 0; page < sizeof s->low; page += 0x1000) {
        if (memcmp(s->low + page, zero, sizeof zero) != 0)
            refcore_write_memory(m, page, s->low + page, 0x1000);
    }
    (void)refcore_write_msr(m, 0xc0000081, UINT64_C(0x0033002800000000));
    (void)refcore_write_msr(m, 0x174, 0x08);
    (void)refcore_write_msr(m, 0x175, 0xdd00);
    for (unsigned i = 0; i < s->msrs; i++) {
        if (s->msr[i].index != 0xc0000080)
            (void)refcore_write_msr(m, s->msr[i].index, s->msr[i].value);
    }
    if (s->head.runs & FUZZ_TIMER) { /* x2APIC: enabled, periodic timer, vector 40h */
        (void)refcore_write_msr(m, 0x1b, 0xfee00d00);
        (void)refcore_write_msr(m, 0x80f, 0x1ff);
        (void)refcore_write_msr(m, 0x832, 0x20040);
        (void)refcore_write_msr(m, 0x83e, 0xb);
        (void)refcore_write_msr(m, 0x838, 64 + (s->head.seed & 63));
    }
    if (!refcore_set_state(m, &s->state))
        abort();
}

static void take(struct refcore *m, enum refcore_end end, uint64_t trace, struct outcome *to) {
    memset(to, 0, offsetof(struct outcome, ram));
    to->end = end;
    to->exit_code = refcore_exit_code(m);
    to->trace = trace;
    refcore_get_state(m, &to->state);
    for (unsigned i = 0; i < MSRS; i++)
        (void)refcore_read_msr(m, msrs_compared[i], &to->msr[i]);
    refcore_read_memory(m, 0, to->ram, FUZZ_RAM);
}

static enum refcore_end run(struct refcore *m, uint64_t limit, uint64_t slice, struct trace *trace) {
    struct refcore_state state;
    struct refcore_hooks hooks = {.context = trace, .instruction = instruction};
    refcore_set_hooks(m, trace ? &hooks : 0);
    enum refcore_end end = REFCORE_LIMIT;
    refcore_get_state(m, &state);
    while (end == REFCORE_LIMIT && limit) {
        uint64_t part = slice && slice < limit ? slice : limit, before = state.instructions;
        end = refcore_run(m, part);
        refcore_get_state(m, &state);
        uint64_t done = state.instructions - before;
        if (done > part || (end == REFCORE_LIMIT && done != part)) {
            fprintf(stderr, "fuzz: %llu instructions of %llu, end %d\n", (unsigned long long)done,
                    (unsigned long long)part, (int)end);
            abort();
        }
        limit -= done;
    }
    refcore_set_hooks(m, 0);
    return end;
}

static void check_snapshot(struct refcore *m, const struct refcore_snapshot *reset, uint64_t limit,
                           const struct outcome *expected, struct outcome *other) {
    uint64_t part = limit / 2;
    if (run(m, part, 0, 0) != REFCORE_LIMIT)
        return;
    struct refcore_snapshot *middle = refcore_snapshot_take(m);
    if (!middle)
        return;
    for (unsigned i = 0; i < 2; i++) {
        enum refcore_end end = run(m, limit - part, 0, 0);
        take(m, end, 0, other);
        compare(i ? "after its restore" : "after a snapshot", expected, other);
        refcore_snapshot_restore(m, middle);
    }
    refcore_snapshot_restore(m, reset); /* nothing counts from `middle` any more */
    refcore_snapshot_free(middle);
}

void fuzz_check(const uint8_t *data, size_t size, bool verbose) {
    static struct fuzz_scene scene;
    static struct outcome once, other;
    struct fuzz_scene *s = &scene;
    fuzz_scene(s, data, size);
    unsigned n = 0;
    while (profiles[n] != s->profile)
        n++;
    if (!kept[n].machine) {
        kept[n].machine = refcore_create(s->profile->name, FUZZ_RAM);
        kept[n].reset = kept[n].machine ? refcore_snapshot_take(kept[n].machine) : 0;
        if (!kept[n].reset)
            abort();
    }
    struct refcore *m = kept[n].machine;
    uint64_t limit = 1 + s->head.limit % 512;
    if (verbose)
        printf("%s, mode %u, limit %llu, cpl %u, cr0 %llx cr3 %llx cr4 %llx efer %llx\n", s->profile->name,
               s->mode, (unsigned long long)limit, s->state.cpl, (unsigned long long)s->state.cr0,
               (unsigned long long)s->state.cr3, (unsigned long long)s->state.cr4,
               (unsigned long long)s->state.efer);
    struct trace first = {.hash = 1, .stops = m, .verbose = verbose};
    refcore_snapshot_restore(m, kept[n].reset);
    load(m, s);
    if (run(m, limit, 0, &first) == REFCORE_STOPPED) {
        struct refcore_state state;
        refcore_get_state(m, &state);
        limit = state.instructions;
    }
    refcore_snapshot_restore(m, kept[n].reset);
    load(m, s);
    enum refcore_end end = run(m, limit, 0, 0);
    take(m, end, 0, &once);

    refcore_snapshot_restore(m, kept[n].reset);
    load(m, s);
    end = run(m, limit, 0, 0);
    take(m, end, 0, &other);
    compare("again", &once, &other);

    refcore_snapshot_restore(m, kept[n].reset);
    load(m, s);
    struct trace trace = {.hash = 1};
    end = run(m, limit, 0, &trace);
    take(m, end, trace.hash, &other);
    once.trace = trace.hash;
    if (first.hash != trace.hash) {
        fprintf(stderr, "fuzz: the same input gave two traces\n");
        abort();
    }
    if (translations_changed(s, &once) || translations_changed(s, &other))
        return;
    compare("one instruction at a time", &once, &other);

    refcore_snapshot_restore(m, kept[n].reset);
    load(m, s);
    bool hooked = s->head.runs & FUZZ_HOOKED_SLICES;
    trace.hash = 1;
    end = run(m, limit, 1 + s->head.slice % 200, hooked ? &trace : 0);
    take(m, end, hooked ? trace.hash : 0, &other);
    compare("in slices", &once, &other);

    if (s->head.runs & FUZZ_SNAPSHOT) {
        refcore_snapshot_restore(m, kept[n].reset);
        load(m, s);
        check_snapshot(m, kept[n].reset, limit, &once, &other);
    }
    if (s->head.runs & FUZZ_FRESH) {
        struct refcore *fresh = refcore_create(s->profile->name, FUZZ_RAM);
        if (!fresh)
            return;
        load(fresh, s);
        end = run(fresh, limit, 0, 0);
        take(fresh, end, 0, &other);
        refcore_destroy(fresh);
        compare("in a fresh machine", &once, &other);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_check(data, size, false);
    return 0;
}
