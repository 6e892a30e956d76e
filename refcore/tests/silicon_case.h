/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_case.h - one case: a row of opcodes.def encoded, with operands and an initial state. */
#ifndef REFCORE_TESTS_SILICON_CASE_H
#define REFCORE_TESTS_SILICON_CASE_H

#include "decode/decode.h"
#include "silicon_state.h"
#include "silicon_values.h"

enum { PATCHES = 8, PATCH_BYTES = 576 };
/* bytes that go to memory before the instruction; only what lies on the guest's pages counts */
struct patch {
    uint64_t linear;
    unsigned size;
    uint8_t bytes[PATCH_BYTES];
};
struct silicon_case {
    uint64_t number;
    const struct row *row;
    uint8_t code[16];
    unsigned code_size; /* what decode() takes */
    struct insn insn;
    enum decode_status status;
    struct registers in;
    struct patch patch[PATCHES];
    unsigned patches;
};

/* The row exists under this kind of code segment. */
bool case_in_mode(const struct row *row, enum kind kind);
/* NULL: the row is compared under this kind of code segment; else why it is not. */
const char *case_excluded(const struct row *row, enum kind kind);
/* false: no encoding of the row was found (it does not exist in this mode). */
bool case_generate(struct silicon_case *k, uint64_t seed, uint64_t number, const struct row *row,
                   const struct environment *e, const struct profile *p, uint32_t mode);
/* The status flags that the manual leaves undefined after this very case. */
uint32_t case_undefined_flags(const struct silicon_case *k);

#endif
