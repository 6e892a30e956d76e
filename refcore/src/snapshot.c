/* SPDX-License-Identifier: BSD-2-Clause */
/* snapshot.c - snapshots of a machine. RAM is held in chunks of pages that snapshots of one machine share,
 * so that one costs what was written since the one before it. */
#include "machine.h"

#include "cpu/reset.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, CHUNK_PAGES = 512 };

struct page {
    unsigned users;
    uint8_t bytes[PAGE];
};
struct chunk {
    unsigned users;
    struct page *page[CHUNK_PAGES]; /* NULL: all zero */
};
/* RAM is what the machine's `baseline` holds but for the pages marked as dirty. */
struct refcore_snapshot {
    unsigned users;
    struct cpu *cpu; /* up to the TLBs, and what restoring takes of the rest */
    void *devices;
    size_t chunks;
    struct chunk **chunk; /* NULL: all zero */
};

static const uint8_t zero[PAGE];

/* ---- shared parts ---- */

static void chunk_release(struct chunk *k) {
    if (!k || --k->users)
        return;
    for (unsigned i = 0; i < CHUNK_PAGES; i++)
        if (k->page[i] && --k->page[i]->users == 0)
            free(k->page[i]);
    free(k);
}

void refcore_snapshot_free(struct refcore_snapshot *s) {
    if (!s || --s->users)
        return;
    for (size_t i = 0; s->chunk && i < s->chunks; i++)
        chunk_release(s->chunk[i]);
    free(s->chunk);
    free(s->devices);
    free(s->cpu);
    free(s);
}

static void set_baseline(struct refcore *m, const struct refcore_snapshot *s) {
    struct refcore_snapshot *shared = (struct refcore_snapshot *)(uintptr_t)s;
    shared->users++;
    refcore_snapshot_free(m->baseline);
    m->baseline = shared;
}

static struct page *page_of(const struct refcore_snapshot *s, size_t chunk, size_t i) {
    return s->chunk[chunk] ? s->chunk[chunk]->page[i] : 0;
}

/* ---- dirty pages ---- */

/* Pages of that chunk in RAM: the last one may be short. */
static size_t pages_of(const struct refcore *m, size_t chunk) {
    size_t rest = m->physical.ram_size / PAGE - chunk * CHUNK_PAGES;
    return rest < CHUNK_PAGES ? rest : CHUNK_PAGES;
}

static uint8_t *dirty_of(const struct refcore *m, size_t chunk) {
    return m->physical.dirty_page + chunk * CHUNK_PAGES;
}

/* The number of pages is a multiple of 16. */
static bool chunk_dirty(const struct refcore *m, size_t chunk) {
    const uint8_t *dirty = dirty_of(m, chunk);
    uint64_t any = 0, eight;
    for (size_t i = 0, n = pages_of(m, chunk); i < n; i += sizeof eight) {
        memcpy(&eight, dirty + i, sizeof eight);
        any |= eight;
    }
    return any != 0;
}

/* ---- taking ---- */

static bool page_take(const uint8_t *ram, struct page **to) {
    if (memcmp(ram, zero, PAGE) == 0)
        return true;
    struct page *p = malloc(sizeof *p);
    if (!p)
        return false;
    p->users = 1;
    memcpy(p->bytes, ram, PAGE);
    *to = p;
    return true;
}

/* The chunk as it is in RAM; what has not been written since the baseline is shared with it. */
static bool chunk_take(struct refcore *m, struct refcore_snapshot *s, size_t at) {
    const struct refcore_snapshot *base = m->baseline;
    const uint8_t *ram = m->physical.ram + at * CHUNK_PAGES * PAGE;
    if (base && !chunk_dirty(m, at)) {
        s->chunk[at] = base->chunk[at];
        if (s->chunk[at])
            s->chunk[at]->users++;
        return true;
    }
    struct chunk *k = s->chunk[at] = calloc(1, sizeof *k);
    if (!k)
        return false;
    k->users = 1;
    bool empty = true;
    for (size_t i = 0, n = pages_of(m, at); i < n; i++) {
        if (base && !dirty_of(m, at)[i]) {
            k->page[i] = page_of(base, at, i);
            if (k->page[i])
                k->page[i]->users++;
        } else if (!page_take(ram + i * PAGE, &k->page[i])) {
            return false;
        }
        empty &= !k->page[i];
    }
    if (empty) {
        s->chunk[at] = 0;
        free(k);
    }
    return true;
}

static bool chunks_take(struct refcore *m, struct refcore_snapshot *s) {
    for (size_t at = 0; at < s->chunks; at++)
        if (!chunk_take(m, s, at))
            return false;
    return true;
}

struct refcore_snapshot *refcore_snapshot_take(struct refcore *m) {
    struct refcore_snapshot *s = calloc(1, sizeof *s);
    if (!s)
        return 0;
    s->users = 1;
    s->chunks = (m->physical.ram_size / PAGE + CHUNK_PAGES - 1) / CHUNK_PAGES;
    s->cpu = aligned_alloc(64, (sizeof *s->cpu + 63) & ~(size_t)63);
    s->devices = calloc(1, devices_state_size());
    s->chunk = calloc(s->chunks, sizeof(struct chunk *));
    if (!s->cpu || !s->devices || !s->chunk || !chunks_take(m, s) || !physical_track_dirty(&m->cpu)) {
        refcore_snapshot_free(s);
        return 0;
    }
    memcpy(s->cpu, &m->cpu, offsetof(struct cpu, spaces));
    s->cpu->a20_mask = m->cpu.a20_mask;
    s->cpu->physical_limit = m->cpu.physical_limit;
    devices_state_save(m->devices, s->devices);
    set_baseline(m, s);
    return s;
}

/* ---- restoring ---- */

static void page_restore(struct refcore *m, uint64_t address, const struct page *p) {
    const uint8_t *from = p ? p->bytes : zero;
    if (memcmp(m->physical.ram + address, from, PAGE) != 0)
        physical_write(&m->cpu, address, from, PAGE);
}

static void chunk_restore(struct refcore *m, const struct refcore_snapshot *s, size_t at) {
    bool dirty = chunk_dirty(m, at);
    if (!dirty && s->chunk[at] == m->baseline->chunk[at])
        return;
    for (size_t i = 0, n = pages_of(m, at); i < n; i++) {
        struct page *p = page_of(s, at, i);
        if (dirty_of(m, at)[i] || p != page_of(m->baseline, at, i))
            page_restore(m, (at * CHUNK_PAGES + i) * PAGE, p);
    }
}

void refcore_snapshot_restore(struct refcore *m, const struct refcore_snapshot *s) {
    struct cpu *c = &m->cpu;
    uint64_t generation = c->generation;
    c->a20_mask = ~UINT64_C(0);
    for (size_t at = 0; at < s->chunks; at++)
        chunk_restore(m, s, at);
    /* everything up to the TLBs, and what follows them but for the pointers, which are the same machine's */
    memcpy(c, s->cpu, offsetof(struct cpu, tlbs));
    c->a20_mask = s->cpu->a20_mask;
    c->physical_limit = s->cpu->physical_limit;
    c->generation = generation;
    devices_state_load(m->devices, s->devices);
    (void)physical_track_dirty(c);
    mode_changed(c);
    set_baseline(m, s);
}
