/* SPDX-License-Identifier: BSD-2-Clause */
/* bmi.c - BMI1 and BMI2. The VEX-encoded operands are 32 or 64 bits by VEX.W. */
#include "exec.h"

/* SF and ZF by the result, CF as given, OF clear; AF and PF, undefined, clear and by the result */
static inline void flags_bmi(struct cpu *c, uint64_t result, unsigned size, bool carry) {
    c->lazy_result = size == 8 ? result : (uint64_t)(int32_t)result;
    c->lazy_aux = 0;
    c->lazy_carry = carry ? UINT64_C(3) << 62 : 0;
}

#include "andn.h"
#include "bextr.h"
#include "blsi.h"
#include "blsmsk.h"
#include "blsr.h"
#include "bzhi.h"
#include "mulx.h"
#include "pdep.h"
#include "pext.h"
#include "rorx.h"
#include "sarx.h"
