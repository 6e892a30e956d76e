/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_values.h - operand values: edges mixed with random bits. */
#ifndef REFCORE_TESTS_SILICON_VALUES_H
#define REFCORE_TESTS_SILICON_VALUES_H

#include "silicon_state.h"

struct random {
    uint64_t state;
};
/* The numbers of case `number` under `seed`. */
struct random random_start(uint64_t seed, uint64_t number);
uint64_t random_bits(struct random *r);
static inline unsigned below(struct random *r, unsigned n) {
    return (unsigned)((random_bits(r) >> 32) * n >> 32);
}
static inline bool one_in(struct random *r, unsigned n) {
    return below(r, n) == 0;
}

/* what bytes stand for */
enum style {
    STYLE_BITS,
    STYLE_INTEGER,
    STYLE_BYTES,
    STYLE_SINGLE,
    STYLE_DOUBLE,
    STYLE_EXTENDED,
    STYLE_TEXT,
    STYLE_BCD,
    STYLES
};

uint64_t value_integer(struct random *r);
struct x87_register value_extended(struct random *r);
void value_fill(struct random *r, enum style style, uint8_t *to, unsigned size);
/* valid MXCSR, most often with all exceptions masked */
uint32_t value_mxcsr(struct random *r, uint32_t mask);

#endif
