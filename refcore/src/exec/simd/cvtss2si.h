/* SPDX-License-Identifier: BSD-2-Clause */
/* CVTSS2SI, CVTSD2SI - Convert Scalar Floating-Point Value to Integer; CVTTSS2SI, CVTTSD2SI - ... with
 * Truncation.  SDM Vol. 2A, "Operation": what does not fit becomes the indefinite integer. */
#define CONVERT_TO_INTEGER(name, mnemonic, size)                                                             \
    BOTH(name, {                                                                                             \
        xmm y = scalar_source(c, o, size);                                                                   \
        uint64_t x;                                                                                          \
        uint32_t flags = 0;                                                                                  \
        if (W64)                                                                                             \
            FP_ASM(mnemonic " %[y], %[x]", flags, fp_control(c), "=&r", x, "x", y);                          \
        else                                                                                                 \
            FP_ASM(mnemonic " %[y], %k[x]", flags, fp_control(c), "=&r", x, "x", y);                         \
        fp_finish(c, o, flags);                                                                              \
        c->r[o->reg] = W64 ? x : (uint32_t)x;                                                                \
    })
CONVERT_TO_INTEGER(CVTSS2SI, "cvtss2si", 4)
CONVERT_TO_INTEGER(CVTSD2SI, "cvtsd2si", 8)
CONVERT_TO_INTEGER(CVTTSS2SI, "cvttss2si", 4)
CONVERT_TO_INTEGER(CVTTSD2SI, "cvttsd2si", 8)
