/* SPDX-License-Identifier: BSD-2-Clause */
/* forms_words.h - the vocabulary of bodies under forms.h. */
#ifndef REFCORE_EXEC_FORMS_WORDS_H
#define REFCORE_EXEC_FORMS_WORDS_H

#include "exec.h"

#define SHAPES_RMW        1
#define SHAPES_READ       2
#define SHAPES_WRITE      3
#define SHAPES_LOAD       4
#define SHAPES_UNARY      5
#define SHAPES_SOURCE     6
#define SHAPES_EXCHANGE   7
#define SHAPES_ARE_UNARY  (SHAPES == SHAPES_UNARY || SHAPES == SHAPES_SOURCE)
#define SHAPES_ARE_BINARY (SHAPES == SHAPES_RMW || SHAPES == SHAPES_READ || SHAPES == SHAPES_WRITE)
#define REGISTER_8(n)     (((const uint8_t *)c->r)[n])
#define REGISTER_16(n)    ((uint16_t)c->r[n])
#define REGISTER_32(n)    ((uint32_t)c->r[n])
#define PASTE3_(a, b, c)  a##_##b##c
#define PASTE3(a, b, c)   PASTE3_(a, b, c)
#define PASTE_(a, b)      a##b
#define PASTE(a, b)       PASTE_(a, b)
#define REG8_AT(offset)   (((uint8_t *)c->r)[offset])
#define LAZY_TOP(v)       ((uint64_t)(T)(v) << (64 - BITS))
#define LAZY_SIGNED(v)    ((uint64_t)((int64_t)LAZY_TOP(v) >> (64 - BITS)))
/* carry-out vector and aux as the manual's flags of an addition or subtraction; a, b, r of type T */
#define FLAGS_(r, carry, aux)                                                                                \
    (c->lazy_carry = LAZY_TOP(carry), c->lazy_result = LAZY_SIGNED(r), c->lazy_aux = (uint32_t)(aux)&FLAG_AF)
#define FLAGS_ADD(a, b, r) FLAGS_(r, ((a) & (b)) | (((a) | (b)) & ~(r)), (a) ^ (b) ^ (r))
#define FLAGS_SUB(a, b, r) FLAGS_(r, (~(a) & (b)) | ((~(a) ^ (b)) & (r)), (a) ^ (b) ^ (r))
#define FLAGS_LOGIC(r)     FLAGS_(r, 0, 0)
/* SF ZF PF by the result, AF clear, CF and OF given as 0/1 */
#define FLAGS_RESULT(r, cf, of)                                                                              \
    (c->lazy_result = LAZY_SIGNED(r), c->lazy_aux = 0,                                                       \
     c->lazy_carry = (uint64_t)(cf) << 63 | (uint64_t)((unsigned)(cf) ^ (unsigned)(of)) << 62)
/* only CF and OF (rotates); the rest stays */
#define FLAGS_CARRY_OVERFLOW(cf, of)                                                                         \
    (c->lazy_carry = (uint64_t)(cf) << 63 | (uint64_t)((unsigned)(cf) ^ (unsigned)(of)) << 62)
/* all but CF, which stays (INC, DEC); OF given as 0/1 */
#define FLAGS_KEEP_CF(r, of, aux)                                                                            \
    (c->lazy_result = LAZY_SIGNED(r), c->lazy_aux = (uint32_t)(aux)&FLAG_AF,                                 \
     c->lazy_carry = (uint64_t)((int64_t)c->lazy_carry >> 63) ^ (uint64_t)(of) << 62)
/* plain memory behind a TLB hit; `at` is the host address */
#define HOST_ACCESS(N)                                                                                       \
    static inline uint##N##_t host_read##N(uint64_t at) {                                                    \
        uint##N##_t value;                                                                                   \
        memcpy(&value, (const void *)(uintptr_t)at, N / 8);                                                  \
        return value;                                                                                        \
    }                                                                                                        \
    static inline void host_write##N(uint64_t at, uint##N##_t value) {                                       \
        memcpy((void *)(uintptr_t)at, &value, N / 8);                                                        \
    }
HOST_ACCESS(8)
HOST_ACCESS(16)
HOST_ACCESS(32)
HOST_ACCESS(64)
#undef HOST_ACCESS
#define CF  flag_cf(c)
#define IMM (o->imm)

#endif
