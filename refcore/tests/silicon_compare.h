/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_compare.h - the two outcomes of a case side by side. */
#ifndef REFCORE_TESTS_SILICON_COMPARE_H
#define REFCORE_TESTS_SILICON_COMPARE_H

#include "silicon_case.h"

struct outcome {
    const struct registers *registers;
    const uint8_t *memory; /* ALL_PAGES pages */
};
/* A bit for each kind of field that differs, 0: none. */
unsigned compare(const struct silicon_case *k, const struct outcome *core, const struct outcome *silicon);
/* Prints bytes, disassembly, and in / core / silicon of every field that differs; all fields if `everything`.
 * `before`: memory. */
void compare_print(const struct silicon_case *k, const struct environment *e, const struct outcome *core,
                   const struct outcome *silicon, const uint8_t *before, bool everything);

#endif
