/* SPDX-License-Identifier: BSD-2-Clause */
/* CVTSS2SD, CVTSD2SS - Convert between Scalar Single and Double Precision Values.  SDM Vol. 2A, "Operation".
 */
#define CONVERT_SCALAR(name, mnemonic, size, kind)                                                           \
    SIMD(name) {                                                                                             \
        uint32_t flags = 0;                                                                                  \
        xmm x = half_read(src1, 0), y = half_read(src2, 0);                                                  \
        FP_XMM(mnemonic, flags, x, y);                                                                       \
        half_write(dest, 0, x);                                                                              \
        fp_finish(c, o, fp_complete(c, flags, kind, size, 1, dest, src2, src2));                             \
    }                                                                                                        \
    SCALAR(name, size)
CONVERT_SCALAR(CVTSS2SD, "cvtss2sd", 4, FP_EXACT)
CONVERT_SCALAR(CVTSD2SS, "cvtsd2ss", 8, FP_NARROW)
