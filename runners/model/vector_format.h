/* SPDX-License-Identifier: BSD-2-Clause */
/* vector_format.h - the vector file, version 1 (docs/vector-format.md). All numbers are little endian. */
#ifndef RINGDIFF_VECTOR_FORMAT_H
#define RINGDIFF_VECTOR_FORMAT_H

#include "ringdiff_model.h"

#define VECTOR_MAGIC "RDVECTOR"
enum { VECTOR_VERSION = 1, VECTOR_PAGE = 4096, VECTOR_ALIGN = 8 /* of entries in a CASE chunk */ };

/* The file: this, then chunks. */
struct vector_file {
    char magic[8];
    uint32_t version, zero;
};

/* A chunk: head, payload, CRC-32 of both. A reader skips types it does not know, unless they are CRITICAL. */
struct vector_chunk {
    uint32_t type, flags;
    uint64_t length; /* of the payload as it lies in the file */
};
enum {
    VECTOR_ZLIB = 1, /* the payload is u64 length, then a zlib stream of that many bytes */
    VECTOR_CRITICAL = 2,
};
#define VECTOR_TYPE(a, b, c, d)                                                                              \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define VECTOR_HEAD VECTOR_TYPE('H', 'E', 'A', 'D')
#define VECTOR_FRAM VECTOR_TYPE('F', 'R', 'A', 'M')
#define VECTOR_MODE VECTOR_TYPE('M', 'O', 'D', 'E')
#define VECTOR_BODY VECTOR_TYPE('B', 'O', 'D', 'Y')
#define VECTOR_CASE VECTOR_TYPE('C', 'A', 'S', 'E')
#define VECTOR_END  VECTOR_TYPE('E', 'N', 'D', ' ')

/* HEAD: this, then `captures` struct ringdiff_range. Places are physical addresses. */
struct vector_head {
    uint16_t home, word; /* 32 or 64; bytes of a word of the records, 0: single steps, no kit */
    uint32_t build_id;
    uint64_t ram_size;
    uint32_t state_size; /* sizeof (struct ringdiff_state) */
    uint32_t captures;
    char profile[32], core[32]; /* the core's CPU profile, the core's version */
    uint32_t arena, arena_size;
    uint32_t shadow;        /* the kit's copy of the arena as recorded at LAUNCH */
    uint32_t launch, final; /* the kit's states: S_LAUNCH, S_FINAL */
    uint32_t fault_log;     /* what its fault scripts handled */
    uint32_t variables, variables_size;
    uint32_t guard, guard_size; /* what a case can reach of the arena and around it */
};

/* FRAM: frames of the record stream, each this and its payload. */
struct vector_frame {
    uint8_t type, zero[3];
    uint32_t length;
};

/* MODE: this, the BASELINE frame's payload, the base state, `pages` times a page number (u32) and its bytes. The first MODE has all
 * pages that are not zero, the others those that differ from the first. */
struct vector_mode {
    uint16_t mode, zero;
    uint32_t baseline, pages;
};

/* BODY: this, then runs of memory against the mode's base: what all cases of the body share. */
struct vector_body {
    uint32_t key;
    uint16_t mode;
    uint8_t cpl, flags; /* flags of the body's descriptor (docs/image-format.md) */
    uint32_t first, cases, code, code_size, runs;
};

/* Runs: this and its bytes; `at` is a physical address, or an offset in struct ringdiff_state. */
struct vector_run {
    uint32_t at, length;
};

enum vector_outcome {
    VECTOR_RECORD = 0,
    VECTOR_SHUTDOWN = 1,
    VECTOR_HALTED = 2,
    VECTOR_SKIP = 3,      /* the body's remaining `skipped` cases; raw: index of the requirement not met */
    VECTOR_NO_WINDOW = 4, /* the set-up faulted, or the window's opening did */
};
enum {
    VECTOR_SCRIPT = 1,       /* the window is left and entered again */
    VECTOR_FULL_COMPARE = 2, /* the record comes from a compare of the whole arena */
    VECTOR_NESTED = 4,       /* the kit's own capture was interrupted */
    VECTOR_DEVICES = 8,      /* in the window a device raises its interrupt or an NMI, or moves A20 */
    VECTOR_HALT = 16,        /* single steps: the window ends at a HLT too */
};
/* An access to a port in the window. */
struct vector_io {
    uint16_t port;
    uint8_t size, out; /* out 1: written */
    uint32_t value;
};
/* CASE: entries in order of ordinal: this, then the parts in the order of the counts. */
struct vector_case {
    uint32_t size; /* of the entry: a multiple of VECTOR_ALIGN */
    uint32_t ordinal, key, raw;
    uint16_t mode;
    uint8_t cpl, flags;
    uint8_t outcome, events; /* events delivered since the window was entered last, 255: or more */
    int16_t interrupt;       /* vector that waits at LAUNCH, or -1 */
    uint32_t skipped;
    uint32_t state_runs;  /* the state at LAUNCH against the mode's base state */
    uint32_t launch_runs; /* RAM at LAUNCH against base and body */
    uint32_t
        shadow_runs; /* the arena as recorded at LAUNCH, where RAM is otherwise: bits that the opening has set */
    uint32_t event_runs;   /* the state at the event's boundary against that at LAUNCH */
    uint32_t arrival_runs; /* the state at arrival in the kit, likewise */
    uint32_t final_runs;   /* RAM at the end against RAM at LAUNCH */
    uint32_t ios;
    uint32_t record; /* bytes of the RECORD frame's payload */
    uint32_t zero;
    struct ringdiff_event event;
};

#endif
