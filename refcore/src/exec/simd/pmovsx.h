/* SPDX-License-Identifier: BSD-2-Clause */
/* PMOVSX - Packed Move With Sign Extend; PMOVZX - ... Zero Extend.  SDM Vol. 2B, "Operation". Memory holds
 * just what is used. */
#define EXTEND(name, to, from, ratio)                                                                        \
    SIMD(name) {                                                                                             \
        EACH(to) dest->to[i] = src2->from[i];                                                                \
    }                                                                                                        \
    PACKED_FROM(name, (bytes / ratio))
EXTEND(PMOVSXBW, sw, sb, 2)
EXTEND(PMOVSXBD, sd, sb, 4)
EXTEND(PMOVSXBQ, sq, sb, 8)
EXTEND(PMOVSXWD, sd, sw, 2)
EXTEND(PMOVSXWQ, sq, sw, 4)
EXTEND(PMOVSXDQ, sq, sd, 2)
EXTEND(PMOVZXBW, w, b, 2)
EXTEND(PMOVZXBD, d, b, 4)
EXTEND(PMOVZXBQ, q, b, 8)
EXTEND(PMOVZXWD, d, w, 2)
EXTEND(PMOVZXWQ, q, w, 4)
EXTEND(PMOVZXDQ, q, d, 2)
