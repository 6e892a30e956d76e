/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz.h - a random machine from the fuzzer's bytes, and what must hold of its runs. */
#ifndef REFCORE_TESTS_FUZZ_H
#define REFCORE_TESTS_FUZZ_H

#include "refcore.h"

enum { FUZZ_RAM = 1 << 20, FUZZ_HEAD = 48, FUZZ_PROFILES = 8 };

/* The head of an input. A zero field is the sane choice, so that short inputs reach far; all bytes after the
 * head are code and patches, see fuzz_scene.c. */
struct fuzz_head {
    uint8_t profile, mode, cpl, wild; /* wild: one bit a segment register, whose hidden part is then random */
    uint32_t cr0, cr4, flags;         /* XORed into the sane values, as far as bits are free in the mode */
    uint16_t efer, dr7;               /* the same */
    uint8_t paging;                   /* see fuzz_tables.c */
    uint8_t runs;                     /* FUZZ_FRESH.. */
    uint16_t limit;                   /* instructions, less one, modulo 512 */
    uint16_t slice, offset;           /* instructions of a slice; of the code in its page */
    uint16_t code;                    /* bytes of code */
    uint8_t stack, handlers;          /* random rSP; which stubs the vectors have */
    uint64_t seed;                    /* of whatever is random */
    uint8_t spare[8];
};
_Static_assert(sizeof(struct fuzz_head) == FUZZ_HEAD, "the head has no padding");
enum { FUZZ_FRESH = 1, FUZZ_SNAPSHOT = 2, FUZZ_HOOKED_SLICES = 4, FUZZ_TIMER = 8 };

enum fuzz_mode {
    FUZZ_REAL,
    FUZZ_VM86,
    FUZZ_PM16,
    FUZZ_PM32,
    FUZZ_PAGED,
    FUZZ_PAE,
    FUZZ_COMPAT,
    FUZZ_LONG,
    FUZZ_LONG5,
    FUZZ_MODES
};

/* What tables and patches fill: the low part of RAM, and the state. */
struct fuzz_scene {
    struct fuzz_head head;
    const struct profile *profile;
    enum fuzz_mode mode;
    uint64_t random;
    struct refcore_state state;
    struct {
        uint32_t index;
        uint64_t value;
    } msr[16];
    unsigned msrs;
    uint8_t low[0x40000];
};
uint64_t fuzz_random(struct fuzz_scene *s);
uint64_t fuzz_value(struct fuzz_scene *s);
/* Default descriptor tables, TSSs, handlers, page tables (fuzz_tables.c). */
enum {
    FUZZ_GDT = 0x1000,
    FUZZ_LDT = 0x1800,
    FUZZ_IDT = 0x2000,
    FUZZ_TSS = 0x6000,
    FUZZ_CODE = 0xa000,
    FUZZ_TABLES = 0x10000,
    FUZZ_DATA = 0x20000
};
void fuzz_tables(struct fuzz_scene *s);
/* The whole scene (fuzz_scene.c). */
void fuzz_scene(struct fuzz_scene *s, const uint8_t *data, size_t size);

/* Runs the machine of the input in every way that must agree; aborts with a message if they do not (fuzz.c).
 * `verbose` prints the instructions. */
void fuzz_check(const uint8_t *data, size_t size, bool verbose);

#endif
