/* SPDX-License-Identifier: BSD-2-Clause */
/* record.c - frames of the record stream (docs/record-format.md), as the kit would have written them. */
#include "host.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SYNC_SIZE = 4, HEAD_SIZE = 12 };

static void reserve(struct frames *f, size_t more) {
    const size_t need = f->size + more;
    if (need <= f->room)
        return;
    f->room = need * 2;
    f->at = realloc(f->at, f->room);
    if (!f->at)
        abort();
}

void bytes_add(struct frames *f, const void *bytes, size_t size) {
    reserve(f, size);
    memcpy(f->at + f->size, bytes, size);
    f->size += size;
}

uint8_t *frame_begin(struct frames *f, uint8_t type, size_t most) {
    static const uint8_t sync[SYNC_SIZE] = {0xf5, 0x52, 0x44, 0x31};
    reserve(f, most + HEAD_SIZE + 4);
    uint8_t *at = f->at + f->size;
    memcpy(at, sync, SYNC_SIZE);
    at[4] = type;
    at[5] = 0;
    memcpy(at + 6, &f->seq, sizeof f->seq);
    f->seq++;
    return at + HEAD_SIZE;
}

void frame_end(struct frames *f, const uint8_t *end) {
    uint8_t *at = f->at + f->size;
    uint32_t length = (uint32_t)(end - at) - HEAD_SIZE;
    memcpy(at + 8, &length, sizeof length);
    uint32_t sum = (uint32_t)crc32(0, at + SYNC_SIZE, HEAD_SIZE - SYNC_SIZE + length);
    memcpy(at + HEAD_SIZE + length, &sum, sizeof sum);
    f->size += HEAD_SIZE + length + sizeof sum;
}

void frame_copy(struct frames *f, uint8_t type, const uint8_t *payload, size_t size) {
    uint8_t *at = frame_begin(f, type, size);
    memcpy(at, payload, size);
    frame_end(f, at + size);
}

void frame_words(struct frames *f, uint8_t type, const uint32_t *words, unsigned count) {
    frame_copy(f, type, (const uint8_t *)words, count * sizeof *words);
}

void frame_ended(struct frames *f, const struct vector_case *e, uint32_t code, const char *reason) {
    const uint32_t head[4] = {e->key, e->raw, e->ordinal, code};
    size_t length = strlen(reason);
    uint8_t *at = frame_begin(f, ENDED, sizeof head + length);
    memcpy(at, head, sizeof head);
    memcpy(at + sizeof head, reason, length);
    frame_end(f, at + sizeof head + length);
}

/* ---- RECORD ---- */

struct pairs {
    uint8_t *at;
    uint32_t count, word;
};

/* Sizes that the compiler knows: no call. */
static inline bool same_word(const uint8_t *a, const uint8_t *b, uint32_t word) {
    return (word == 8 ? memcmp(a, b, 8) : memcmp(a, b, 4)) == 0;
}

static inline void pair_add(struct pairs *p, uint32_t index, const uint8_t *value) {
    const uint16_t number = (uint16_t)index;
    memcpy(p->at, &number, sizeof number);
    if (p->word == 8)
        memcpy(p->at + 2, value, 8);
    else
        memcpy(p->at + 2, value, 4);
    p->at += 2 + p->word;
    p->count++;
}

/* Words of the final state that the model does not show are the reference core's: of `can` only what it claims. */
static void take_reference(const struct scene *s, uint64_t can, uint8_t *final) {
    const struct vectors *v = s->v;
    const uint32_t word = v->head.word;
    const bool x87 = can & RINGDIFF_CAN_X87, sse = can & RINGDIFF_CAN_SSE, msr = can & RINGDIFF_CAN_MSR;
    if ((x87 && sse && msr) || s->entry->outcome != VECTOR_RECORD)
        return;
    uint8_t reference[0x800];
    memcpy(reference, s->expected + v->head.launch, v->state_words * word);
    uint32_t head[5];
    memcpy(head, s->parts.record, sizeof head);
    const uint8_t *pair = s->parts.record + sizeof head + (size_t)head[3] * (2 + word);
    for (uint32_t i = 0; i < head[4]; i++, pair += 2 + word) {
        uint16_t index;
        memcpy(&index, pair, sizeof index);
        if (index >= v->state_index && index < v->state_index + v->state_words)
            memcpy(reference + (index - v->state_index) * word, pair + 2, word);
    }
    const size_t fx = (size_t)(v->fx_index - v->state_index) * word;
    if (!x87) {
        memcpy(final + fx, reference + fx, 24);
        memcpy(final + fx + 32, reference + fx + 32, 128);
    }
    if (!sse) {
        memcpy(final + fx + 24, reference + fx + 24, 8);
        memcpy(final + fx + 160, reference + fx + 160, 256);
    }
    for (unsigned i = 0; !msr && i < v->msrs; i++) {
        const size_t at = (size_t)(v->msr_index[i] - v->state_index) * word;
        memcpy(final + at, reference + at, word);
    }
}

/* Lines of the page tables that are not as expected, in memory or in what the reference core has left. */
static void changed_lines(const struct scene *s, uint32_t tables, uint32_t size, uint64_t *lines) {
    enum { LINE = 64 };
    const uint8_t *mine = s->ram + tables, *expected = s->expected + tables, *at = s->parts.final;
    for (uint32_t i = 0; memcmp(mine + i, expected + i, size - i) != 0; i += LINE) {
        while (memcmp(mine + i, expected + i, LINE) == 0)
            i += LINE;
        lines[i / LINE / 64] |= UINT64_C(1) << i / LINE % 64;
    }
    struct vector_run run;
    for (uint32_t n = 0; n < s->entry->final_runs; n++, at += sizeof run + run.length) {
        memcpy(&run, at, sizeof run);
        for (uint32_t i = run.at / LINE * LINE; i < run.at + run.length; i += LINE) {
            if (i - tables < size)
                lines[(i - tables) / LINE / 64] |= UINT64_C(1) << (i - tables) / LINE % 64;
        }
    }
}

/* Accessed and dirty bits that the model does not set are the reference core's, where all else is the same. */
static void take_marks(struct scene *s) {
    enum { TABLES = 0x2000, TABLES_SIZE = 0x5000, MARKS = 0x60, LINE = 64 };
    static uint8_t reference[TABLES_SIZE];
    const uint32_t tables = s->v->head.arena + TABLES;
    uint64_t lines[TABLES_SIZE / LINE / 64] = {0};
    changed_lines(s, tables, TABLES_SIZE, lines);
    for (uint32_t i = 0; i < TABLES_SIZE; i += LINE) {
        if (lines[i / LINE / 64] >> i / LINE % 64 & 1)
            memcpy(reference + i, s->expected + tables + i, LINE);
    }
    struct vector_run run;
    const uint8_t *at = s->parts.final;
    for (uint32_t n = 0; n < s->entry->final_runs; n++, at += sizeof run + run.length) {
        memcpy(&run, at, sizeof run);
        if (run.at >= tables && run.at + run.length <= tables + TABLES_SIZE)
            memcpy(reference + (run.at - tables), at + sizeof run, run.length);
    }
    for (uint32_t i = 0; i < TABLES_SIZE; i += 4) {
        uint32_t mine, theirs;
        if (!(lines[i / LINE / 64] >> i / LINE % 64 & 1)) {
            i += LINE - 4;
            continue;
        }
        memcpy(&mine, s->ram + tables + i, sizeof mine);
        memcpy(&theirs, reference + i, sizeof theirs);
        if (mine != theirs && ((mine ^ theirs) & ~(uint32_t)MARKS) == 0)
            memcpy(s->ram + tables + i, &theirs, sizeof theirs);
    }
}

/* Pairs for what differs from the shadow in [from, from + size) of the arena; memory is as expected again behind it. */
static void compare_arena(struct scene *s, struct pairs *p, uint32_t from, uint32_t size) {
    const struct vector_head *h = &s->v->head;
    uint8_t *ram = s->ram + h->arena;
    for (uint32_t line = from; line < from + size; line += 64) {
        if (memcmp(ram + line, s->shadow + line, 64) == 0)
            continue;
        for (uint32_t i = line; i < line + 64; i += p->word) {
            if (!same_word(ram + i, s->shadow + i, p->word))
                pair_add(p, i / p->word, ram + i);
        }
        memcpy(ram + line, s->expected + h->arena + line, 64);
        s->dirty |= UINT64_C(1) << ((h->arena + line - h->guard) >> 12);
    }
}

static void compare_extents(struct scene *s, struct pairs *p, bool whole) {
    const struct vector_head *h = &s->v->head;
    enum { BODY = 0x4a0, EXTENTS = 40 }; /* the kit's variable `body`, the descriptor's field */
    uint32_t body, list[2];
    memcpy(&body, s->expected + h->variables + BODY, sizeof body);
    body &= 0x7fffffff; /* the 64-bit home's pointers */
    if (whole || body > h->ram_size - 128) {
        compare_arena(s, p, 0, h->arena_size);
        return;
    }
    memcpy(list, s->expected + body + EXTENTS, sizeof list);
    if (list[0] > h->ram_size || list[1] > 64 || list[0] + list[1] * 8 > h->ram_size)
        list[1] = 0;
    for (uint32_t i = 0; i < list[1]; i++) {
        uint32_t extent[2];
        memcpy(extent, s->expected + list[0] + i * 8, sizeof extent);
        if (extent[0] < h->arena_size && extent[1] <= h->arena_size - extent[0])
            compare_arena(s, p, extent[0], extent[1]);
    }
}

void frame_record(struct frames *f, struct scene *s, uint64_t can, bool whole) {
    enum {
        RECORD_FLAGS = 0x400 + 4 * 22,
        FAULT_WORDS = 64 * 4,
        FLAGS_AT = 10,
        FINALS_AT = 16,
        HEAD_BYTES = 20
    };
    const struct vectors *v = s->v;
    const struct vector_head *h = &v->head;
    const uint32_t word = h->word;
    whole = whole || s->entry->flags & VECTOR_FULL_COMPARE;
    uint32_t head[5] = {s->entry->key, s->entry->raw, s->entry->mode, 0, 0};
    const uint8_t *launch_pairs = 0;
    if (s->entry->record) {
        memcpy(head, s->parts.record, sizeof head);
        launch_pairs = s->parts.record + sizeof head;
    }
    const size_t launch_size = (size_t)head[3] * (2 + word);
    size_t most =
        HEAD_BYTES + launch_size + (size_t)(v->state_words + FAULT_WORDS + h->arena_size / word) * (2 + word);
    if (!(can & RINGDIFF_CAN_MARK_PAGES))
        take_marks(s);
    uint8_t *at = frame_begin(f, RECORD, most);
    if (launch_size)
        memcpy(at + HEAD_BYTES, launch_pairs, launch_size);
    struct pairs p = {.at = at + HEAD_BYTES + launch_size, .word = word};
    uint8_t final[0x800];
    memcpy(final, s->ram + h->final, v->state_words * word);
    take_reference(s, can, final);
    const uint8_t *launch = s->expected + h->launch;
    for (uint32_t i = 0; i < v->state_words; i++) {
        if (!same_word(final + i * word, launch + i * word, word))
            pair_add(&p, v->state_index + i, final + i * word);
    }
    uint32_t faults;
    memcpy(&faults, final + (v->nfault_index - v->state_index) * word, sizeof faults);
    for (uint32_t i = 0; i < faults * 4 && i < FAULT_WORDS; i++) {
        static const uint8_t zero[8];
        const uint8_t *value = s->ram + h->fault_log + i * word;
        if (memcmp(value, zero, word) != 0)
            pair_add(&p, v->fault_index + i, value);
    }
    compare_extents(s, &p, whole);
    uint32_t flags;
    memcpy(&flags, s->ram + h->variables + RECORD_FLAGS, sizeof flags);
    head[2] = (head[2] & 0xffff) | (flags & 0xfffe) << 16 | (whole ? 1U << 16 : 0);
    head[4] = p.count;
    memcpy(at, head, sizeof head);
    frame_end(f, p.at);
}
