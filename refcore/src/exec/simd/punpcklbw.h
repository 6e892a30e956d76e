/* SPDX-License-Identifier: BSD-2-Clause */
/* PUNPCKLBW/PUNPCKLWD/PUNPCKLDQ/PUNPCKLQDQ - Unpack Low Data.  SDM Vol. 2B, "Operation". The MMX forms read 32 bits of memory. */
#define INTERLEAVE(name, lane, size, high)                                                                   \
    SIMD(name) {                                                                                             \
        HALVES(h, n) {                                                                                       \
            unsigned count = n / 2 / size, from = h / size + ((high) ? count : 0), to = h / size;            \
            for (unsigned i = 0; i < count; i++) {                                                           \
                dest->lane[to + 2 * i] = src1->lane[from + i];                                               \
                dest->lane[to + 2 * i + 1] = src2->lane[from + i];                                           \
            }                                                                                                \
        }                                                                                                    \
    }
INTERLEAVE(PUNPCKLBW, b, 1, false)
INTERLEAVE(PUNPCKLWD, w, 2, false)
INTERLEAVE(PUNPCKLDQ, d, 4, false)
INTERLEAVE(PUNPCKLQDQ, q, 8, false)
FORM_MMX_(PUNPCKLBW_MMX, PUNPCKLBW, 4)
FORM_MMX_(PUNPCKLWD_MMX, PUNPCKLWD, 4)
FORM_MMX_(PUNPCKLDQ_MMX, PUNPCKLDQ, 4)
PACKED(PUNPCKLBW)
PACKED(PUNPCKLWD)
PACKED(PUNPCKLDQ)
PACKED(PUNPCKLQDQ)
