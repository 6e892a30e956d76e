/* SPDX-License-Identifier: BSD-2-Clause */
/* CVTSI2SS, CVTSI2SD - Convert Integer to Scalar Floating-Point Value.  SDM Vol. 2A, "Operation". */
#define CONVERT_INTEGER(name, mnemonic)                                                                      \
    BOTH(name, {                                                                                             \
        uint64_t value = rm_read(c, o, W64 ? 8 : 4);                                                         \
        uint32_t flags = 0;                                                                                  \
        xmm x = half_read(&c->v[o->vvvv], 0);                                                                \
        if (W64)                                                                                             \
            FP_ASM(mnemonic "q %[y], %[x]", flags, fp_control(c), "+x", x, "r", value);                      \
        else                                                                                                 \
            FP_ASM(mnemonic "l %k[y], %[x]", flags, fp_control(c), "+x", x, "r", value);                     \
        fp_finish(c, o, flags);                                                                              \
        union vector result;                                                                                 \
        half_write(&result, 0, x);                                                                           \
        WRITE128(o->reg, &result);                                                                           \
    })
CONVERT_INTEGER(CVTSI2SS, "cvtsi2ss")
CONVERT_INTEGER(CVTSI2SD, "cvtsi2sd")
