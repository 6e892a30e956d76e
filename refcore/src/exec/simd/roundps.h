/* SPDX-License-Identifier: BSD-2-Clause */
/* ROUNDPS, ROUNDPD, ROUNDSS, ROUNDSD - Round Floating-Point Values.  SDM Vol. 2B, "Operation": imm8[2] takes
 * MXCSR.RC, else imm8[1:0] rounds; imm8[3] suppresses #P. */
#define ROUND_CONTROL                                                                                        \
    (IMM8 & 4 ? fp_control(c) : (fp_control(c) & ~(uint32_t)MXCSR_RC) | (IMM8 & 3) << MXCSR_RC_SHIFT)
#define ROUND_FLAGS(flags) (IMM8 & 8 ? (flags) & ~(uint32_t)MXCSR_PE : (flags))
#define ROUND_PACKED(name, mnemonic)                                                                         \
    SIMD(name) {                                                                                             \
        uint32_t flags = 0;                                                                                  \
        for (unsigned h = 0; h < bytes; h += 16) {                                                           \
            xmm x, y = half_read(src2, h);                                                                   \
            FP_ASM(mnemonic " $4, %[y], %[x]", flags, ROUND_CONTROL, "=x", x, "x", y);                       \
            half_write(dest, h, x);                                                                          \
        }                                                                                                    \
        fp_finish(c, o, ROUND_FLAGS(flags));                                                                 \
    }                                                                                                        \
    PACKED(name)
#define ROUND_SCALAR(name, mnemonic, size)                                                                   \
    SIMD(name) {                                                                                             \
        uint32_t flags = 0;                                                                                  \
        xmm x = half_read(src1, 0), y = half_read(src2, 0);                                                  \
        FP_ASM(mnemonic " $4, %[y], %[x]", flags, ROUND_CONTROL, "+x", x, "x", y);                           \
        half_write(dest, 0, x);                                                                              \
        fp_finish(c, o, ROUND_FLAGS(flags));                                                                 \
    }                                                                                                        \
    SCALAR(name, size)
ROUND_PACKED(ROUNDPS, "roundps")
ROUND_PACKED(ROUNDPD, "roundpd")
ROUND_SCALAR(ROUNDSS, "roundss", 4)
ROUND_SCALAR(ROUNDSD, "roundsd", 8)
