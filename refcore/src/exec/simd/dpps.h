/* SPDX-License-Identifier: BSD-2-Clause */
/* DPPS - Dot Product of Packed Single Precision Values; DPPD - ... Double Precision Values.  SDM Vol. 2A,
 * "Operation": products of the lanes in imm8[7:4], summed in pairs, to the lanes in imm8[3:0]. Exceptions are
 * raised after each step. */
static inline void dp_step(struct cpu *c, const struct op *o, bool multiply, unsigned size, union vector *x,
                           const union vector *y, unsigned bytes) {
    uint32_t flags = 0;
    union vector result;
    for (unsigned h = 0; h < bytes; h += 16) {
        xmm first = half_read(x, h), second = half_read(y, h);
        if (multiply && size == 4)
            FP_XMM("mulps", flags, first, second);
        else if (multiply)
            FP_XMM("mulpd", flags, first, second);
        else if (size == 4)
            FP_XMM("addps", flags, first, second);
        else
            FP_XMM("addpd", flags, first, second);
        half_write(&result, h, first);
    }
    flags = fp_complete(c, flags, multiply ? FP_MUL : FP_ADD, size, bytes / size, &result, x, y);
    fp_finish(c, o, flags);
    *x = result;
}
/* dest's lanes start out zero, and a lane that takes no part multiplies zeros. */
SIMD(DPPS) {
    union vector x = {.q = {0}}, y = {.q = {0}};
    EACH(d)
    if (IMM8 >> (4 + (i & 3)) & 1) {
        x.d[i] = src1->d[i];
        y.d[i] = src2->d[i];
    }
    dp_step(c, o, true, 4, &x, &y, bytes);
    memset(&y, 0, sizeof y);
    for (unsigned i = 0; i < bytes / 4; i += 4) {
        y.d[i] = x.d[i + 1];
        y.d[i + 2] = x.d[i + 3];
        x.d[i + 1] = x.d[i + 3] = 0;
    }
    dp_step(c, o, false, 4, &x, &y, bytes);
    for (unsigned i = 0; i < bytes / 4; i += 4) {
        y.d[i] = x.d[i + 2];
        x.d[i + 2] = y.d[i + 2] = 0;
    }
    dp_step(c, o, false, 4, &x, &y, bytes);
    EACH(d)
    dest->d[i] = IMM8 >> (i & 3) & 1 ? x.d[i & 4] : 0;
}
SIMD(DPPD) {
    union vector x = {.q = {0}}, y = {.q = {0}};
    EACH(q)
    if (IMM8 >> (4 + i) & 1) {
        x.q[i] = src1->q[i];
        y.q[i] = src2->q[i];
    }
    dp_step(c, o, true, 8, &x, &y, bytes);
    y.q[0] = x.q[1];
    x.q[1] = y.q[1] = 0;
    dp_step(c, o, false, 8, &x, &y, bytes);
    EACH(q)
    dest->q[i] = IMM8 >> i & 1 ? x.q[0] : 0;
}
PACKED(DPPS)
PACKED128(DPPD)
