/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_shift.c - packed shifts: by a register or memory, by an immediate (entry PSLLW_IMM ...), by bytes, by
 * lane. */
#include "simd.h"

/* By src2's low quadword, which memory holds as 16 bytes in every XMM and YMM form; or by imm8, with ModRM.rm
 * as source and destination (legacy) or VEX.vvvv as destination. */
#define SHIFTS(name, lane, expression)                                                                       \
    static inline __attribute__((always_inline)) void shift_##name(                                          \
        union vector *dest, const union vector *from, uint64_t count, unsigned bytes) {                      \
        EACH(lane) {                                                                                         \
            const __typeof__(dest->lane[0]) src1 = from->lane[i];                                            \
            dest->lane[i] = (__typeof__(dest->lane[0]))(expression);                                         \
        }                                                                                                    \
    }                                                                                                        \
    SIMD(name) {                                                                                             \
        shift_##name(dest, src1, src2->q[0], bytes);                                                         \
    }                                                                                                        \
    FORM_MMX(name)                                                                                           \
    FORM_SSE(name)                                                                                           \
    FORM_VEX_(V##name, name, 16)                                                                             \
    HANDLER(name##_IMM_MMX) {                                                                                \
        GUARD_MMX;                                                                                           \
        union vector from = {.q = {mmx_read(c, o->rm)}}, result = {.q = {0}};                                \
        shift_##name(&result, &from, IMM8, 8);                                                               \
        mmx_transition(c);                                                                                   \
        mmx_write(c, o->rm, result.q[0]);                                                                    \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name##_IMM_MMX);                                                                                   \
    BOTH(name##_IMM, {                                                                                       \
        union vector result;                                                                                 \
        shift_##name(&result, &c->v[o->rm], IMM8, bytes);                                                    \
        WRITE(vex ? o->vvvv : o->rm, &result);                                                               \
    })

#include "simd/pslldq.h"
#include "simd/psllw.h"
#include "simd/psraw.h"
#include "simd/psrlw.h"
#include "simd/vpsllvd.h"
