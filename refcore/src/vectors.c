/* SPDX-License-Identifier: BSD-2-Clause */
/* vectors.c - launch snapshots: an image of the kit's witness build is run from its first case to its
 * last, and each case's state and memory at LAUNCH, its event, its arrival and its record go to a vector
 * file (docs/vector-format.md). */
#include "vectors.h"

#include "convert.h"
#include "vector_format.h"

#include <stdlib.h>
#include <string.h>

/* The kit's places (testcases/kit/layout.inc, arena.inc, variables.inc, witness.inc), physical. */
enum {
    ARENA = 0x40000,
    ARENA_SIZE = 0x10000,
    GUARD = 0x30000,
    GUARD_SIZE = 0x30000,
    CODE = 0x4a000,
    CODE_SIZE = 0x2000,
    LOW_STUBS = 0x10000,
    SHADOW = 0xe50000,
    IMAGE_END = 0xe00000, /* what lies from here on is not part of a case */
    PAYLOAD = 0x400000,
    STUBS = PAYLOAD + 0x1000,
    VARS = 0xa20000,
    VARS_SIZE = 0xc00, /* launch block, parameters, variables, S_LAUNCH */
    ORDINAL = VARS + 0x400,
    MODE = ORDINAL + 4 * 7,
    CAREFUL = ORDINAL + 4 * 14,
    HAS_SCRIPT = ORDINAL + 4 * 20,
    IRQ_ON = ORDINAL + 4 * 30,
    FRAME_AT = VARS + 0x488,  /* where the frame being built begins */
    RECORD_AT = VARS + 0x498, /* where the record being built goes on */
    BODY = VARS + 0x4a0,
    S_LAUNCH = VARS + 0x800,
    S_FINAL = VARS + 0xc00,
    FAULT_LOG = VARS + 0x4000,
    NMI = 2,
    IRQ0 = 0x20,
};
#define KIT_BASE_64 UINT64_C(0xffffffff80000000)
enum { A20_PORT = 0x92, RESUME_PORT = 0xf6, WITNESS_PORT = 0xfa, LAUNCH_PORT = 0xfb, FINAL_PORT = 0xfc };
/* docs/image-format.md, Header; docs/runner-protocol.md, Resume points: from the output buffer's start */
enum {
    HEADER_CHANNEL = 0x14,
    HEADER_FLAGS = 0x20,
    HEADER_OUTPUT = 0x24,
    HEADER_BUILD = 0x2c,
    HEADER_SKIPS = 0x34
};
enum { FLAG_RESUMABLE = 2, FLAG_WITNESS = 8 };
enum { BLOCK_BYTES = 16, BLOCK_KIND = 24, BLOCK_NEXT = 28, BLOCK_CAREFUL = 36, RESUME_DONE = 3 };
enum { HELLO = 1, FIELDS, BASELINE, CASE_BEGIN, RECORD, SKIP, VERIFIED, RETRACT, NOTE, BYE };
enum { BODY_SHUTDOWN = 1 };

enum stage { IDLE, BEGUN, WINDOW, ARRIVED, DONE };

/* A mode's base: what MODE says. */
struct known_mode {
    struct buffer pages; /* page number and bytes, against the first mode's image */
    struct ringdiff_state state;
};
enum { MODES = 16 };
/* Bodies come back when the kit goes back to an earlier ordinal. */
struct known_body {
    uint32_t key;
    uint8_t *code; /* CODE_SIZE bytes */
};

struct taker {
    struct refcore *m;
    const uint8_t *ram;
    uint64_t ram_size;
    FILE *to;
    struct buffer stream; /* bytes of the frame that is coming */
    struct buffer frames, group, pending, baseline;
    const char *error;
    bool head_written, finished, resume_stop, launch_stop;
    /* the mode and the body that are known */
    uint8_t *first, *base; /* images of [0, IMAGE_END): the first mode's, this mode's with this body's code */
    uint8_t *plain;        /* the code's place in this mode's base */
    struct ringdiff_state base_state;
    struct known_mode known[MODES];
    struct known_body *bodies;
    size_t body_count, body_room;
    uint32_t mode, body;
    bool body_known;
    /* the case that runs */
    enum stage stage;
    struct vector_case entry;
    struct ringdiff_state launch, event_state, arrival;
    uint8_t launch_ram[GUARD_SIZE];
    struct buffer state_runs, launch_runs, shadow_runs, ios;
    struct buffer final_runs;
    unsigned events, arrivals;
    bool opening_failed;
    uint32_t ends; /* cases that have ended the guest at this ordinal, see charge() */
    struct refcore_snapshot *snapshot;
    uint32_t resume_at, out_base, cases;
    const char *profile;
};

static uint32_t word_at(const struct taker *t, uint32_t address) {
    uint32_t value;
    memcpy(&value, t->ram + address, sizeof value);
    return value;
}

/* ---- the image ---- */

const char *vectors_prepare(uint8_t *image, size_t size) {
    static const uint8_t mark[] = {'R', 'I', 'N', 'G', 'D', 'I', 'F', 'F', 1, 0};
    for (size_t i = 0; i + 0x200 <= size; i++) {
        if (memcmp(image + i, mark, sizeof mark) != 0 || (image[i + 10] != 32 && image[i + 10] != 64))
            continue;
        uint32_t word[11];
        memcpy(word, image + i, sizeof word);
        if (!(word[HEADER_FLAGS / 4] & FLAG_WITNESS))
            return "--vectors needs an image of the kit's witness build";
        const uint32_t patch[4] = {1, 0, UINT32_MAX, FLAG_WITNESS | FLAG_RESUMABLE}; /* E9, all cases */
        memcpy(image + i + HEADER_CHANNEL, patch, sizeof patch);
        memset(image + i + HEADER_SKIPS, 0, 4); /* no skip list */
        return 0;
    }
    return "--vectors needs a ringdiff image: no header found";
}

/* ---- chunks ---- */

static void write_head(struct taker *t, unsigned home) {
    struct buffer b = {0};
    struct vector_head h = {.home = (uint16_t)home,
                            .word = (uint16_t)(home / 8),
                            .build_id = word_at(t, PAYLOAD + HEADER_BUILD),
                            .ram_size = t->ram_size,
                            .state_size = sizeof(struct ringdiff_state),
                            .arena = ARENA,
                            .arena_size = ARENA_SIZE,
                            .shadow = SHADOW,
                            .launch = S_LAUNCH,
                            .final = S_FINAL,
                            .fault_log = FAULT_LOG,
                            .variables = VARS,
                            .variables_size = VARS_SIZE,
                            .guard = GUARD,
                            .guard_size = GUARD_SIZE};
    struct ringdiff_range ranges[2] = {{KIT_BASE_64 + STUBS, KIT_BASE_64 + STUBS + 256 * 16 - 1}, {0, 0}};
    h.captures = 1;
    if (home == 32) {
        ranges[0] = (struct ringdiff_range){STUBS, STUBS + 256 * 32 - 1};
        ranges[1] = (struct ringdiff_range){LOW_STUBS, LOW_STUBS + 256 * 16 - 1};
        h.captures = 2;
    }
    snprintf(h.profile, sizeof h.profile, "%s", t->profile);
    snprintf(h.core, sizeof h.core, "refcore %s", REFCORE_VERSION);
    buffer_add(&b, &h, sizeof h);
    buffer_add(&b, ranges, h.captures * sizeof *ranges);
    chunk_write(t->to, VECTOR_HEAD, VECTOR_CRITICAL, &b);
    buffer_free(&b);
    chunk_write(t->to, VECTOR_FRAM, VECTOR_CRITICAL, &t->frames);
    t->head_written = true;
}

static void add_pages(struct taker *t, struct buffer *b, struct vector_mode *mode) {
    static const uint8_t zero[VECTOR_PAGE];
    for (uint32_t page = 0; page < IMAGE_END / VECTOR_PAGE; page++) {
        const uint8_t *now = t->base + (size_t)page * VECTOR_PAGE;
        const uint8_t *before = t->first ? t->first + (size_t)page * VECTOR_PAGE : zero;
        if (memcmp(now, before, VECTOR_PAGE) == 0)
            continue;
        buffer_add(b, &page, sizeof page);
        buffer_add(b, now, VECTOR_PAGE);
        mode->pages++;
    }
}

static void write_mode(struct taker *t) {
    struct buffer b = {0};
    struct vector_mode mode = {.mode = (uint16_t)t->mode, .baseline = (uint32_t)t->baseline.size};
    buffer_add(&b, &mode, sizeof mode);
    buffer_add(&b, t->baseline.at, t->baseline.size);
    buffer_add(&b, &t->base_state, sizeof t->base_state);
    add_pages(t, &b, &mode);
    memcpy(b.at, &mode, sizeof mode);
    chunk_write(t->to, VECTOR_MODE, VECTOR_CRITICAL | VECTOR_ZLIB, &b);
    buffer_free(&b);
}

static void flush_group(struct taker *t) {
    if (t->group.size)
        chunk_write(t->to, VECTOR_CASE, VECTOR_CRITICAL | VECTOR_ZLIB, &t->group);
    t->group.size = 0;
}

/* Bodies that end in shutdown come last, in all modes once more. */
static void old_mode(struct taker *t, const struct known_mode *known) {
    memcpy(t->base, t->first, IMAGE_END);
    for (size_t i = 0; i < known->pages.size; i += sizeof(uint32_t) + VECTOR_PAGE) {
        uint32_t page;
        memcpy(&page, known->pages.at + i, sizeof page);
        memcpy(t->base + (size_t)page * VECTOR_PAGE, known->pages.at + i + sizeof page, VECTOR_PAGE);
    }
    t->base_state = known->state;
}

static void new_mode(struct taker *t) {
    memcpy(t->base, t->ram, IMAGE_END);
    t->base_state = t->launch;
    write_mode(t);
    t->known[t->mode].state = t->base_state;
    if (!t->first) {
        t->first = malloc(IMAGE_END);
        if (!t->first)
            t->error = "not enough memory";
        else
            memcpy(t->first, t->base, IMAGE_END);
        return;
    }
    struct vector_mode unused = {0};
    add_pages(t, &t->known[t->mode].pages, &unused);
}

static void enter_mode(struct taker *t, uint32_t mode) {
    if (mode == 0 || mode >= MODES) {
        t->error = "the kit is in an unknown mode";
        return;
    }
    t->mode = mode;
    t->body_known = false;
    if (t->known[mode].state.rip)
        old_mode(t, &t->known[mode]);
    else
        new_mode(t);
    memcpy(t->plain, t->base + CODE, CODE_SIZE);
}

static void write_body(struct taker *t) {
    const uint32_t at = word_at(t, BODY) & 0x7fffffff; /* the 64-bit home's pointers lie in the top 2 GiB */
    if (at > t->ram_size - 128) {
        t->error = "the kit's body pointer leads nowhere";
        return;
    }
    struct buffer b = {0}, runs = {0};
    struct vector_body body = {.key = t->entry.key,
                               .mode = (uint16_t)t->mode,
                               .cpl = t->ram[at + 50],
                               .flags = t->ram[at + 51],
                               .first = word_at(t, at + 8),
                               .cases = word_at(t, at + 12),
                               .code = CODE,
                               .code_size = word_at(t, at + 24)};
    body.runs = buffer_runs(&runs, CODE, t->ram + CODE, t->plain, CODE_SIZE);
    buffer_add(&b, &body, sizeof body);
    buffer_add(&b, runs.at, runs.size);
    chunk_write(t->to, VECTOR_BODY, VECTOR_CRITICAL, &b);
    buffer_free(&b);
    buffer_free(&runs);
}

static struct known_body *find_body(const struct taker *t, uint32_t key) {
    for (size_t i = 0; i < t->body_count; i++) {
        if (t->bodies[i].key == key)
            return &t->bodies[i];
    }
    return 0;
}

static void enter_body(struct taker *t) {
    struct known_body *body = find_body(t, t->entry.key);
    if (!body) {
        if (t->body_count == t->body_room) {
            t->body_room = t->body_room * 2 + 256;
            struct known_body *more = realloc(t->bodies, t->body_room * sizeof *more);
            if (!more) {
                t->error = "not enough memory";
                return;
            }
            t->bodies = more;
        }
        body = &t->bodies[t->body_count];
        *body = (struct known_body){t->entry.key, malloc(CODE_SIZE)};
        if (!body->code) {
            t->error = "not enough memory";
            return;
        }
        t->body_count++;
        memcpy(body->code, t->ram + CODE, CODE_SIZE);
        write_body(t);
    }
    memcpy(t->base + CODE, body->code, CODE_SIZE);
    t->body = t->entry.key;
    t->body_known = true;
}

/* ---- one case ---- */

static void begin_case(struct taker *t, const uint32_t *frame) {
    t->entry = (struct vector_case){.key = frame[0], .raw = frame[1], .ordinal = frame[2], .interrupt = -1};
    t->state_runs.size = t->launch_runs.size = t->shadow_runs.size = t->final_runs.size = t->ios.size = 0;
    t->events = t->arrivals = 0;
    t->opening_failed = false;
    t->stage = BEGUN;
}

/* The window's first instruction is next. */
static void take_launch(struct taker *t) {
    struct vector_case *e = &t->entry;
    state_from_core(t->m, &t->launch);
    uint32_t mode = word_at(t, MODE);
    if (mode != t->mode)
        enter_mode(t, mode);
    if (t->error)
        return;
    if (!t->body_known || t->body != e->key)
        enter_body(t);
    e->mode = (uint16_t)mode;
    e->cpl = t->launch.cpl;
    e->flags = word_at(t, HAS_SCRIPT) ? VECTOR_SCRIPT : 0;
    e->interrupt = word_at(t, IRQ_ON) ? IRQ0 : -1;
    if (e->interrupt >= 0 && !refcore_interrupt_waits(t->m))
        e->flags |= VECTOR_DEVICES;
    e->state_runs = buffer_runs(&t->state_runs, 0, (const uint8_t *)&t->launch,
                                (const uint8_t *)&t->base_state, sizeof t->launch);
    e->launch_runs = buffer_runs(&t->launch_runs, GUARD, t->ram + GUARD, t->base + GUARD, GUARD_SIZE);
    e->launch_runs += buffer_runs(&t->launch_runs, VARS, t->ram + VARS, t->base + VARS, VARS_SIZE);
    e->shadow_runs = buffer_runs(&t->shadow_runs, ARENA, t->ram + SHADOW, t->ram + ARENA, ARENA_SIZE);
    memcpy(t->launch_ram, t->ram + GUARD, GUARD_SIZE);
    t->stage = WINDOW;
}

/* Where no case should write, some do all the same; there memory was as the mode's base. Between lie real
 * mode's variables and the kit's stack. */
static void take_memory(struct taker *t) {
    static const uint32_t elsewhere[][2] = {
        {0, 0x18000}, {0x20000, GUARD}, {GUARD + GUARD_SIZE, 0x80000}, {0xa88000, 0xa98000}};
    t->entry.final_runs = buffer_runs(&t->final_runs, GUARD, t->ram + GUARD, t->launch_ram, GUARD_SIZE);
    for (unsigned i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
        uint32_t at = elsewhere[i][0], size = elsewhere[i][1] - at;
        t->entry.final_runs += buffer_runs(&t->final_runs, at, t->ram + at, t->base + at, size);
    }
}

/* The kit has captured everything. */
static void take_final(struct taker *t) {
    if (t->stage == BEGUN)
        t->entry.outcome = VECTOR_NO_WINDOW;
    else
        take_memory(t);
    t->stage = DONE;
}

static void finish_case(struct taker *t, enum vector_outcome outcome, const uint8_t *record, size_t size) {
    struct vector_case *e = &t->entry;
    struct buffer event = {0}, arrival = {0};
    if (outcome != VECTOR_RECORD)
        e->outcome = (uint8_t)outcome;
    if (t->opening_failed)
        e->outcome = VECTOR_NO_WINDOW;
    e->events = (uint8_t)(t->events < 255 ? t->events : 255);
    if (t->events)
        e->event_runs = buffer_runs(&event, 0, (const uint8_t *)&t->event_state, (const uint8_t *)&t->launch,
                                    sizeof t->launch);
    if (t->arrivals)
        e->arrival_runs = buffer_runs(&arrival, 0, (const uint8_t *)&t->arrival, (const uint8_t *)&t->launch,
                                      sizeof t->launch);
    e->ios = (uint32_t)(t->ios.size / sizeof(struct vector_io));
    e->record = (uint32_t)size;
    const struct buffer *parts[] = {&t->state_runs, &t->launch_runs, &t->shadow_runs, &event,
                                    &arrival,       &t->final_runs,  &t->ios};
    size_t whole = sizeof *e + size;
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        whole += parts[i]->size;
    static const uint8_t padding[VECTOR_ALIGN];
    e->size = (uint32_t)((whole + VECTOR_ALIGN - 1) & ~(size_t)(VECTOR_ALIGN - 1));
    buffer_add(&t->pending, e, sizeof *e);
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        buffer_add(&t->pending, parts[i]->at, parts[i]->size);
    buffer_add(&t->pending, record, size);
    buffer_add(&t->pending, padding, e->size - whole);
    buffer_free(&event);
    buffer_free(&arrival);
    t->stage = IDLE;
    t->cases++;
}

/* ---- the guest's stream ---- */

static void take_record(struct taker *t, const uint8_t *payload, size_t size) {
    uint32_t head[5];
    if (size < sizeof head)
        return;
    memcpy(head, payload, sizeof head);
    if (t->stage != DONE || head[0] != t->entry.key || head[1] != t->entry.raw) {
        t->error = "a record came without its case";
        return;
    }
    if (head[2] >> 16 & 1)
        t->entry.flags |= VECTOR_FULL_COMPARE;
    finish_case(t, VECTOR_RECORD, payload, size);
}

/* Final at once: what a batch retracts behind it are its own cases. */
static void take_skip(struct taker *t, const uint32_t *frame) {
    struct vector_case e = {.size = sizeof e,
                            .key = frame[0],
                            .raw = frame[1],
                            .skipped = frame[2],
                            .outcome = VECTOR_SKIP,
                            .interrupt = -1};
    /* the kit has not counted them yet */
    e.ordinal = word_at(t, ORDINAL) - frame[2];
    buffer_add(&t->group, &e, sizeof e);
}

static void take_verified(struct taker *t) {
    enum { GROUP = 1 << 20 };
    buffer_add(&t->group, t->pending.at, t->pending.size);
    t->pending.size = 0;
    if (t->group.size >= GROUP)
        flush_group(t);
}

static void take_frame(struct taker *t, uint8_t type, const uint8_t *payload, size_t size) {
    uint32_t word[3] = {0};
    memcpy(word, payload, size < sizeof word ? size : sizeof word);
    switch (type) {
    case HELLO:
    case FIELDS: {
        const struct vector_frame head = {.type = type, .length = (uint32_t)size};
        if (t->head_written)
            break;
        buffer_add(&t->frames, &head, sizeof head);
        buffer_add(&t->frames, payload, size);
        if (type == FIELDS) {
            uint8_t home = t->frames.at[sizeof head + 2];
            write_head(t, home);
        }
        break;
    }
    case BASELINE:
        t->baseline.size = 0;
        buffer_add(&t->baseline, payload, size);
        break;
    case CASE_BEGIN:
        begin_case(t, word);
        break;
    case RECORD:
        take_record(t, payload, size);
        break;
    case SKIP:
        take_skip(t, word);
        break;
    case VERIFIED:
        take_verified(t);
        break;
    case RETRACT:
        t->pending.size = 0;
        t->stage = IDLE;
        break;
    case BYE:
        t->finished = word[0] == 0;
        if (!t->finished)
            t->error = "the kit gave up";
        break;
    default:
        break;
    }
}

static void stream_byte(void *context, uint8_t byte) {
    enum { HEAD = 12, SUM = 4 };
    struct taker *t = context;
    buffer_add(&t->stream, &byte, 1);
    if (t->stream.size < HEAD)
        return;
    uint32_t length;
    memcpy(&length, t->stream.at + 8, sizeof length);
    if (t->stream.size < (size_t)HEAD + length + SUM)
        return;
    take_frame(t, t->stream.at[4], t->stream.at + HEAD, length);
    t->stream.size = 0;
}

/* ---- looking on ---- */

static bool port_out(void *context, uint16_t port, unsigned size, uint32_t value) {
    struct taker *t = context;
    (void)size, (void)value;
    switch (port) {
    case LAUNCH_PORT:
        if (t->stage == BEGUN) {
            t->launch_stop = true;
            refcore_stop(t->m);
        } else if (t->stage == ARRIVED) {
            t->stage = WINDOW;
            t->events = 0;
        }
        return true;
    case FINAL_PORT:
        take_final(t);
        return true;
    case WITNESS_PORT:
        if (t->stage == ARRIVED)
            t->entry.flags |= VECTOR_NESTED;
        if (t->stage == WINDOW)
            t->stage = ARRIVED;
        return true;
    default:
        return false;
    }
}

static void port_seen(void *context, uint16_t port, unsigned size, uint32_t value, bool out) {
    struct taker *t = context;
    if (t->stage != WINDOW) {
        if (port == RESUME_PORT && out)
            t->resume_stop = true; /* one of the exit port's: the run stops by itself */
        return;
    }
    if (port == LAUNCH_PORT)
        return; /* the kit's */
    if (port == A20_PORT && out)
        t->entry.flags |= VECTOR_DEVICES;
    const struct vector_io io = {port, (uint8_t)size, out, value};
    buffer_add(&t->ios, &io, sizeof io);
}

static bool event_seen(void *context, const struct refcore_event *event, bool delivered) {
    struct taker *t = context;
    if (t->launch_stop)
        t->opening_failed = true;
    if (t->stage != WINDOW && t->stage != ARRIVED)
        return false;
    if (event->kind == REFCORE_EXTERNAL && event->vector == NMI)
        t->entry.flags |= VECTOR_DEVICES;
    if (delivered) {
        state_from_core(t->m, &t->arrival);
        t->arrivals++;
    } else if (t->events++ == 0) {
        state_from_core(t->m, &t->event_state);
        event_from_core(event, &t->event_state, &t->entry.event);
    }
    return false;
}

/* ---- running ---- */

/* The machine stands behind `out 0xf6, al`. */
static void resume_point(struct taker *t) {
    const uint32_t zero = 0;
    t->resume_stop = false;
    t->stage = IDLE;
    t->out_base = word_at(t, PAYLOAD + HEADER_OUTPUT);
    if (word_at(t, t->out_base + BLOCK_KIND) == RESUME_DONE)
        return;
    refcore_write_memory(t->m, t->out_base + BLOCK_BYTES, &zero, sizeof zero);
    refcore_snapshot_free(t->snapshot);
    t->snapshot = refcore_snapshot_take(t->m);
    if (!t->snapshot)
        t->error = "not enough memory";
}

static void resume(struct taker *t, uint32_t next, uint32_t careful) {
    refcore_snapshot_restore(t->m, t->snapshot);
    refcore_write_memory(t->m, t->out_base + BLOCK_NEXT, &next, sizeof next);
    refcore_write_memory(t->m, t->out_base + BLOCK_CAREFUL, &careful, sizeof careful);
    t->stream.size = 0;
    t->stage = IDLE;
    t->launch_stop = false;
}

/* A case has ended the guest: alone in its batch it is charged; else its batch runs again, case by case. */
static void guest_ended(struct taker *t, enum vector_outcome outcome) {
    if (t->stage == IDLE || !t->snapshot) {
        t->error = "the guest ended while no case was running";
        return;
    }
    uint32_t ordinal = t->entry.ordinal, first = ordinal;
    const uint32_t at = word_at(t, BODY) & 0x7fffffff;
    bool single = word_at(t, CAREFUL) || (at < t->ram_size - 128 && t->ram[at + 51] & BODY_SHUTDOWN);
    if (!single && t->ends != ordinal + 1) {
        struct vector_case e;
        if (t->pending.size) {
            memcpy(&e, t->pending.at, sizeof e);
            first = e.ordinal;
        }
        t->pending.size = 0;
        t->ends = ordinal + 1;
        resume(t, first, ordinal + 1);
        return;
    }
    /* the launch half of the record lies ready */
    enum { PAYLOAD_OFFSET = 12 };
    uint32_t from = (word_at(t, FRAME_AT) & 0x7fffffff) + PAYLOAD_OFFSET,
             to = word_at(t, RECORD_AT) & 0x7fffffff;
    bool sound = t->stage != BEGUN && from < to && to < t->ram_size;
    finish_case(t, outcome, t->ram + from, sound ? to - from : 0);
    take_verified(t);
    resume(t, ordinal + 1, 0);
}

static void run(struct taker *t) {
    enum { PART = 10000000, SILENT = 20 };
    unsigned silent = 0;
    uint32_t cases = 0;
    while (!t->error && !t->finished) {
        enum refcore_end end = refcore_run(t->m, PART);
        if (t->resume_stop) {
            resume_point(t);
        } else if (t->launch_stop) {
            end = refcore_run(t->m, 1);
            t->launch_stop = false;
            if (t->opening_failed || end != REFCORE_LIMIT)
                t->stage = WINDOW;
            else
                take_launch(t);
        } else if (end == REFCORE_SHUTDOWN || end == REFCORE_HALT) {
            guest_ended(t, end == REFCORE_SHUTDOWN ? VECTOR_SHUTDOWN : VECTOR_HALTED);
        } else if (end == REFCORE_EXIT) {
            if (!t->finished)
                t->error = "the guest left before it had said BYE";
        } else if (cases != t->cases) {
            cases = t->cases;
            silent = 0;
        } else if (++silent == SILENT) {
            silent = 0;
            guest_ended(t, VECTOR_HALTED);
        }
    }
}

const char *vectors_take(struct refcore *m, const uint8_t *ram, uint64_t ram_size, const char *profile,
                         FILE *to) {
    struct taker *t = calloc(1, sizeof *t);
    if (!t)
        return "not enough memory";
    *t = (struct taker){.m = m, .ram = ram, .ram_size = ram_size, .profile = profile, .to = to};
    t->base = malloc(IMAGE_END);
    t->plain = malloc(CODE_SIZE);
    if (!t->base || !t->plain)
        t->error = "not enough memory";
    const struct vector_file file = {VECTOR_MAGIC, VECTOR_VERSION, 0};
    fwrite(&file, sizeof file, 1, to);
    refcore_set_hooks(m, &(struct refcore_hooks){.context = t,
                                                 .debug_byte = stream_byte,
                                                 .port_out = port_out,
                                                 .port_seen = port_seen,
                                                 .event = event_seen});
    run(t);
    refcore_set_hooks(m, 0);
    if (!t->error) {
        take_verified(t);
        flush_group(t);
        chunk_write(to, VECTOR_END, VECTOR_CRITICAL, &(struct buffer){0});
    }
    const char *error = t->error;
    refcore_snapshot_free(t->snapshot);
    struct buffer *buffers[] = {&t->stream,   &t->frames,     &t->group,       &t->pending,
                                &t->baseline, &t->state_runs, &t->launch_runs, &t->shadow_runs,
                                &t->ios,      &t->final_runs};
    for (unsigned i = 0; i < sizeof buffers / sizeof *buffers; i++)
        buffer_free(buffers[i]);
    for (unsigned i = 0; i < MODES; i++)
        buffer_free(&t->known[i].pages);
    for (size_t i = 0; i < t->body_count; i++)
        free(t->bodies[i].code);
    free(t->bodies);
    free(t->first);
    free(t->base);
    free(t->plain);
    free(t);
    return error;
}
