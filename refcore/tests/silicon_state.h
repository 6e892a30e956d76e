/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_state.h - what both sides of the comparison start from and end with: registers and memory of one
 * instruction at CPL 3. */
#ifndef REFCORE_TESTS_SILICON_STATE_H
#define REFCORE_TESTS_SILICON_STATE_H

#include "cpu/state.h"

/* The guest's pages, at the same linear addresses on both sides. Each area has unmapped neighbours. */
#define CODE_BASE  UINT64_C(0x10000000) /* 2 pages, executable, not writable */
#define DATA_BASE  UINT64_C(0x20000000) /* 2 pages writable, 1 read-only */
#define STACK_BASE UINT64_C(0x30000000) /* 2 pages writable */
#define GS_BASE    UINT64_C(0x00345670)
enum { PAGE = 4096, CODE_PAGES = 2, DATA_PAGES = 3, READ_ONLY_PAGE = 2, STACK_PAGES = 2 };
/* order of the pages in an image, in the host's alias and in the core's RAM */
enum {
    CODE_AT = 0,
    DATA_AT = CODE_PAGES,
    STACK_AT = DATA_AT + DATA_PAGES,
    ALL_PAGES = STACK_AT + STACK_PAGES
};

/* A page number for a linear address, or -1: none of ours. */
static inline int page_index(uint64_t linear) {
    uint64_t page = linear / PAGE;
    if (page - CODE_BASE / PAGE < CODE_PAGES)
        return CODE_AT + (int)(page - CODE_BASE / PAGE);
    if (page - DATA_BASE / PAGE < DATA_PAGES)
        return DATA_AT + (int)(page - DATA_BASE / PAGE);
    if (page - STACK_BASE / PAGE < STACK_PAGES)
        return STACK_AT + (int)(page - STACK_BASE / PAGE);
    return -1;
}

enum { NO_FAULT = -1 };

struct registers {
    uint64_t gpr[16], rip, rflags;
    uint64_t fip, fdp;
    struct x87_register st[8]; /* in stack order */
    union vector v[16];
    uint32_t mxcsr;
    uint16_t fcw, fsw, fop;
    uint8_t ftw; /* FXSAVE's abridged form */
    uint16_t es, ds;
    /* the outcome */
    int vector; /* NO_FAULT, or an exception's vector */
    uint32_t error;
    uint64_t cr2;
};

/* The code segments an instruction is tried under. */
enum kind { LONG_64, FLAT_32, SEGMENTED_32, SEGMENTED_16, KINDS };

struct segment_choice {
    uint16_t selector;
    uint16_t rights; /* AR_... */
    uint32_t limit;  /* in bytes */
    uint64_t base;
};
struct environment {
    enum kind kind;
    const char *name;
    struct segment_choice seg[6]; /* by SEG_...; FS and GS outside 64-bit mode: not used in addresses */
};
/* fs_base: the host's. */
struct environment environment_of(enum kind kind, uint64_t fs_base);

#endif
