/* SPDX-License-Identifier: BSD-2-Clause */
/* host.h - the model host: runs a model from launch snapshots and writes the record stream that booting would have given.
 *
 * The parent reads the vector file and supervises; a child holds the model (docs/model-abi.md, The host). */
#ifndef MODEL_HOST_H
#define MODEL_HOST_H

#include "../vector_format.h"
#include "refcore.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes: those of docs/runner-protocol.md. */
enum { HOST_BYE = 40, HOST_SHUTDOWN = 41, HOST_HANG = 42, HOST_ERROR = 43, HOST_LACKS = 44 };
enum { MODES = 16, REASON = 240, RANGES = 4 };

/* ---- vectorfile.c ---- */

struct mode {
    bool known;
    struct ringdiff_state state;
    const uint8_t *baseline;
    uint32_t baseline_size;
    const uint8_t **page; /* by number; NULL: zero */
};
struct body {
    struct vector_body head;
    const uint8_t *runs;
    const char *id;
};
struct vectors {
    struct vector_head head;
    struct ringdiff_range capture[RANGES];
    const uint8_t *frames;
    size_t frames_size;
    struct mode mode[MODES];
    unsigned first_mode;
    struct body *body; /* sorted by key */
    size_t bodies;
    const struct vector_case **entry; /* by ordinal; of a SKIP only the first */
    uint32_t ordinals;
    /* the word space (FIELDS): index of the state's first word, words of a state, index of the fault log */
    uint32_t state_index, state_words, fault_index, fx_index, nfault_index;
    uint32_t msr_index[8]; /* MSRs' words that only models which claim MSR are judged by */
    unsigned msrs;
    uint32_t pages;
    bool steps; /* a file of single steps: no kit in memory, no records */
};
/* NULL, or what is wrong with the file. What is read stays read-only in memory. */
const char *vectors_read(struct vectors *v, const char *path);
/* Ids of bodies, lines `KEY ID` (hexadecimal key), for ringdiff_accept(). */
const char *vectors_read_ids(struct vectors *v, const char *path);
const struct body *vectors_body(const struct vectors *v, uint32_t key);
/* The word space's index of a field, -1 if it has none. */
int vectors_field(const struct vectors *v, const char *name);

/* The parts of an entry, in their order. */
struct parts {
    const uint8_t *state, *launch, *shadow, *event, *arrival, *final;
    const uint8_t *ios, *record;
};
void entry_parts(const struct vector_case *e, struct parts *to);
/* Puts runs over bytes that begin at address `base`; returns where the runs end. */
const uint8_t *runs_apply(const uint8_t *runs, uint32_t count, uint8_t *to, uint32_t base);

/* ---- model.c: the shared object ---- */

struct model {
    const struct ringdiff_info *info;
    void *object;
    void *self;
    void *(*create)(const struct ringdiff_machine *machine);
    void (*destroy)(void *model);
    bool (*accept)(void *model, const struct ringdiff_case *which);
    void (*memory_changed)(void *model, uint64_t address, uint64_t size);
    bool (*set_state)(void *model, const struct ringdiff_state *state);
    void (*get_state)(void *model, struct ringdiff_state *state);
    enum ringdiff_end (*run)(void *model, const struct ringdiff_run_limits *limits,
                             struct ringdiff_event *event);
    const char *(*reason)(void *model);
};
/* Loads the object and asks what it is. NULL, or what is wrong with it. */
const char *model_load(struct model *m, const char *path);
/* Its last reason, made printable; `fallback` if it has none. */
void model_reason(const struct model *m, const char *fallback, char to[REASON]);

/* ---- scene.c: guest memory as a case finds it ---- */

struct scene {
    const struct vectors *v;
    uint8_t *ram;      /* the guest's */
    uint8_t *expected; /* as it is at LAUNCH of the case */
    uint8_t *base;     /* the mode's with the body's code */
    uint8_t *plain;    /* the mode's, where the body's code lies */
    uint8_t *shadow;   /* the arena as the kit recorded it at LAUNCH */
    uint32_t mode;
    const struct body *body;
    const struct vector_case *entry;
    struct parts parts;
    int ram_file;
    uint32_t stray_at;         /* where scene_stray() has found something last */
    uint32_t page_written[64]; /* single steps: what the host has written since it told the model */
    unsigned pages_written;
    uint64_t dirty; /* pages of the guarded region whose memory the host has written since scene_tell() */
    bool all_dirty;
};
bool scene_create(struct scene *s, const struct vectors *v, uint8_t *ram, int ram_file);
/* Memory and state at LAUNCH of an entry. */
void scene_enter(struct scene *s, const struct vector_case *e, struct ringdiff_state *launch);
/* Memory as at LAUNCH again, after scene_compare(). */
void scene_leave(struct scene *s);
/* All pages may have changed: by fault scripts. */
void scene_touched(struct scene *s);
/* Tells what the host has written to model and core. */
void scene_tell(struct scene *s, const struct model *model, struct refcore *core);
/* What differs from expected memory outside of what a record shows: NULL, or where, as text. `whole`: all of memory. Repairs it. */
const char *scene_stray(struct scene *s, bool whole, bool arena_too, char to[REASON]);

/* ---- record.c: frames ---- */

struct frames {
    uint8_t *at;
    size_t size, room;
    uint16_t seq;
};
/* Bytes behind what is there; no frame of their own. */
void bytes_add(struct frames *f, const void *bytes, size_t size);
uint8_t *frame_begin(struct frames *f, uint8_t type, size_t most);
void frame_end(struct frames *f, const uint8_t *end);
void frame_words(struct frames *f, uint8_t type, const uint32_t *words, unsigned count);
void frame_copy(struct frames *f, uint8_t type, const uint8_t *payload, size_t size);
/* ENDED: the case ended its guest (docs/record-format.md). */
void frame_ended(struct frames *f, const struct vector_case *e, uint32_t code, const char *reason);
/* RECORD: launch half as the reference core's, final half from memory; the words that `model` does not show are the reference's. */
void frame_record(struct frames *f, struct scene *s, uint64_t can, bool whole);
enum frame_type {
    HELLO = 1,
    FIELDS,
    BASELINE,
    CASE_BEGIN,
    RECORD,
    SKIP,
    VERIFIED,
    RETRACT,
    NOTE,
    BYE,
    ENDED,
    STEPPED = 64 /* docs/vector-format.md, Single steps */
};

/* ---- state.c: what a model may say ---- */

/* NULL, or why no processor of this home can be in this state. */
const char *state_impossible(const struct ringdiff_state *s, unsigned home);
const char *event_impossible(const struct ringdiff_event *e, const struct ringdiff_state *s);
/* What the model does not show is as at LAUNCH; hidden parts of segments as in `reference`, the reference core's state there, where
 * that has the same selector, else as the selectors say. */
void state_complete(struct ringdiff_state *s, const struct ringdiff_state *launch,
                    const struct ringdiff_state *reference, uint64_t can, struct refcore *core);

/* ---- case.c ---- */

struct host {
    const struct vectors *v;
    struct model model;
    struct refcore *core;
    struct scene scene;
    uint64_t instructions;
    /* the case that runs */
    const uint8_t *io; /* what its ports are next asked for: struct vector_io */
    uint32_t ios;
    bool opened, complete; /* what the kit's code has come to */
    char reason[REASON];
};
/* Runs the case that scene_enter() has prepared: 0, and memory is what the kit left; or a HOST_ code, with h->reason. */
int case_run(struct host *h, const struct ringdiff_state *launch);
/* Its pieces: the model's state, complete and possible, in `to` and in the core; 0 or HOST_ERROR. */
int case_take_state(struct host *h, const struct ringdiff_state *launch, struct ringdiff_state *to);
/* Brings the end of a model's run to a handler's first instruction, in the core: 0 or a HOST_ code. */
int case_arrive(struct host *h, const struct ringdiff_state *launch, enum ringdiff_end end,
                const struct ringdiff_event *event);
/* The core's state. */
void case_state(const struct host *h, struct ringdiff_state *to);
/* Whether the next instruction lies in a capture range. */
bool case_captured(const struct host *h, const struct ringdiff_state *s);

/* ---- step.c: single steps ---- */

void step_enter(struct scene *s, const struct vector_case *e, struct ringdiff_state *launch);
/* 0, and `final` is the state where the window ended; or a HOST_ code, with h->reason. */
int step_run(struct host *h, const struct ringdiff_state *launch, struct ringdiff_state *final);
/* STEPPED: what state and memory have become. Memory is as at LAUNCH again. */
void frame_step(struct frames *f, struct scene *s, const struct ringdiff_state *launch,
                const struct ringdiff_state *final);
/* The same for a window without an end. */
void step_repair(struct scene *s);
/* Memory as the mode has it. */
void step_leave(struct scene *s);

/* ---- child.c ---- */

struct options {
    const char *vectors, *ids, *model, *stream, *settings;
    uint32_t start, count, flags;
    uint32_t skip[64];
    unsigned skips;
    double seconds; /* for one case */
    uint64_t instructions;
};
/* What parent and child share. */
struct control {
    volatile uint32_t next;      /* first ordinal without a final record */
    volatile uint32_t in_flight; /* ordinal, or NONE */
    volatile uint64_t started;   /* when, CLOCK_MONOTONIC in ns */
    volatile uint32_t seq;
    volatile uint32_t careful_until; /* ordinals below are batches of their own */
    volatile uint32_t mode;          /* whose BASELINE was said */
    volatile uint32_t cases;
    char reason[REASON];
};
#define NO_ORDINAL UINT32_MAX
/* Runs from control->next on; returns the process's exit code: 0 all done, HOST_ERROR, HOST_LACKS. */
int child_run(const struct options *o, const struct vectors *v, struct control *control, int ram_file,
              int stream);

#endif
