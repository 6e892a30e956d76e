/* SPDX-License-Identifier: BSD-2-Clause */
/* CVTPD2PS, CVTPD2DQ, CVTTPD2DQ - Convert Packed Double Precision Values.  SDM Vol. 2A, "Operation": to the
 * lower half, the rest is cleared. */
#define CONVERT_NARROWER(name, mnemonic, kind)                                                               \
    SIMD(name) {                                                                                             \
        uint32_t flags = 0;                                                                                  \
        memset(dest, 0, sizeof *dest);                                                                       \
        for (unsigned h = 0; h < bytes; h += 16) {                                                           \
            xmm x, y = half_read(src2, h);                                                                   \
            FP_ASM(mnemonic " %[y], %[x]", flags, fp_control(c), "=x", x, "x", y);                           \
            dest->q[h / 16] = x[0];                                                                          \
        }                                                                                                    \
        fp_finish(c, o, fp_complete(c, flags, kind, 8, bytes / 8, dest, src2, src2));                        \
    }                                                                                                        \
    PACKED(name)
CONVERT_NARROWER(CVTPD2PS, "cvtpd2ps", FP_NARROW)
CONVERT_NARROWER(CVTPD2DQ, "cvtpd2dq", FP_EXACT)
CONVERT_NARROWER(CVTTPD2DQ, "cvttpd2dq", FP_EXACT)
