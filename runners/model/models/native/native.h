/* SPDX-License-Identifier: BSD-2-Clause */
/* native.h - parts of the model `native`: the host's own processor at CPL 3. Linux on x86-64 only (docs/models.md). */
#ifndef RINGDIFF_MODEL_NATIVE_H
#define RINGDIFF_MODEL_NATIVE_H

#include "paging/walk.h"
#include "ringdiff_model.h"

enum { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS };
enum {
    FLAG_1 = 0x2,
    FLAG_TF = 0x100,
    FLAG_IF = 0x200,
    FLAG_IOPL = 0x3000,
    FLAG_NT = 0x4000,
    FLAG_RF = 0x10000,
    FLAG_VM = 0x20000,
    FLAG_AC = 0x40000,
    FLAG_ID = 0x200000,
    FLAGS_VIRTUAL = 0x180000, /* VIF, VIP */
};
enum {
    VECTOR_DE = 0,
    VECTOR_DB = 1,
    VECTOR_BP = 3,
    VECTOR_OF = 4,
    VECTOR_UD = 6,
    VECTOR_PF = 14,
};
enum { PF_P = 1, PF_W = 2, PF_U = 4, PF_RSVD = 8, PF_I = 16 };

/* ---- body.c: what the instructions of a case would show ---- */

/* What a body uses; each needs something of the launch state to be as it is under Linux. */
enum {
    USES_X87 = 1 << 0,
    USES_SSE = 1 << 1,
    USES_AVX = 1 << 2,
    USES_FLAGS_IMAGE = 1 << 3, /* PUSHF: IF and IOPL show */
    USES_FLAGS_LOAD = 1 << 4,  /* POPF */
    USES_IF = 1 << 5,          /* CLI, STI */
    USES_FSGSBASE = 1 << 6,
    USES_SYSRET = 1 << 7,
};
struct body {
    unsigned uses;
    const char *refused; /* NULL, or why the host cannot show this body */
};
/* `bits`: 16, 32 or 64; `scripted`: control may come back behind an exception. */
struct body body_examine(const uint8_t *code, size_t size, unsigned bits, bool long_mode, bool scripted);

/* ---- pages.c: guest pages at their linear addresses, filled in at the first access ---- */

enum { PAGES = 64 };
struct page {
    uint64_t linear, physical;
    int rights; /* of mmap() */
};
struct pages {
    struct guest_ram ram;
    int file;
    unsigned count;
    struct page page[PAGES];
};
/* Takes away what the guest's tables no longer say. */
void pages_refresh(struct pages *p, const struct ringdiff_state *s);
/* Maps the page at a linear address as `t` says. NULL, or why it cannot be. */
const char *pages_map(struct pages *p, uint64_t linear, const struct translation *t);
void pages_unmap(struct pages *p);

/* ---- segments.c: hidden parts of segment registers as selectors of the host ---- */

struct selectors {
    uint16_t segment[6]; /* by SEG_... */
    bool long64;
    uint64_t fs_base, gs_base; /* 64-bit code only */
};
struct segments {
    uint64_t ldt[6]; /* descriptors written, by SEG_... */
};
/* NULL: *to reaches what the state's segments reach. Otherwise why it cannot. */
const char *segments_choose(struct segments *s, const struct ringdiff_state *state, struct selectors *to);

/* ---- enter.c: into the state, and out of it by a signal. One for each process. ---- */

enum exit_cause { EXIT_EXCEPTION, EXIT_SYSCALL, EXIT_TICK };
struct outcome {
    enum exit_cause cause;
    uint32_t vector, error;
    bool icebp; /* of vector 1: INT1, not a trap */
    uint64_t cr2;
};
enum { TICK_MICROSECONDS = 10000 }; /* of processor time: EXIT_TICK comes so often */
/* NULL: handlers are installed. Otherwise why this host cannot be used. */
const char *enter_start(void);
void enter_end(void);
/* Registers, flags and floating-point state go in and come back; IF and IOPL are those of the host. */
void enter_guest(struct ringdiff_state *state, const struct selectors *selectors, struct outcome *out);

#endif
