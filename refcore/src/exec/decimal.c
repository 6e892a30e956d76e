/* SPDX-License-Identifier: BSD-2-Clause */
/* decimal.c - binary-coded decimal adjustments. */
#include "forms_words.h"

#include "exec.h"

/* SF, ZF and PF by AL; CF and AF as given; OF, undefined, clear */
static inline void flags_decimal(struct cpu *c, uint8_t al, bool carry, bool aux) {
    c->lazy_result = (uint64_t)(int8_t)al;
    c->lazy_aux = aux ? FLAG_AF : 0U;
    FLAGS_CARRY_OVERFLOW(carry, 0);
}

#include "aaa.h"
#include "aad.h"
#include "aam.h"
#include "aas.h"
#include "daa.h"
#include "das.h"
