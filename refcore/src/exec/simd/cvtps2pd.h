/* SPDX-License-Identifier: BSD-2-Clause */
/* CVTPS2PD, CVTDQ2PD - Convert to Packed Double Precision Values.  SDM Vol. 2A, "Operation": the source is
 * half as wide. */
#define CONVERT_WIDER(name, mnemonic)                                                                        \
    SIMD(name) {                                                                                             \
        uint32_t flags = 0;                                                                                  \
        for (unsigned h = 0; h < bytes; h += 16) {                                                           \
            xmm x, y = {src2->q[h / 16], 0};                                                                 \
            FP_ASM(mnemonic " %[y], %[x]", flags, fp_control(c), "=x", x, "x", y);                           \
            half_write(dest, h, x);                                                                          \
        }                                                                                                    \
        fp_finish(c, o, flags);                                                                              \
    }                                                                                                        \
    PACKED_FROM(name, (bytes / 2))
CONVERT_WIDER(CVTPS2PD, "cvtps2pd")
CONVERT_WIDER(CVTDQ2PD, "cvtdq2pd")
