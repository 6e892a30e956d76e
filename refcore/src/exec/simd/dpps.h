/* SPDX-License-Identifier: BSD-2-Clause */
/* DPPS - Dot Product of Packed Single Precision Values; DPPD - ... Double Precision Values.  SDM Vol. 2A, "Operation": products of
 * the lanes in imm8[7:4], summed in pairs, to the lanes in imm8[3:0]. Exceptions are raised step by step. */
static inline xmm swap_quadwords(xmm x) { return (xmm){x[1], x[0]}; }
static inline xmm swap_doublewords(xmm x) { return x << 32 | x >> 32; }
#define DP_STEP(mnemonic, x, y, size)                                                                        \
    do {                                                                                                     \
        uint32_t step_ = 0;                                                                                  \
        union vector sum_;                                                                                   \
        FP_XMM(mnemonic, step_, x, y);                                                                       \
        half_write(&sum_, 0, x);                                                                             \
        flags |= step_ | fp_tiny(c, &sum_, size, 16 / size);                                                 \
        if (UNLIKELY(flags & ~(c->mxcsr >> MXCSR_MASK_SHIFT)))                                               \
            fp_exception(c, o, flags);                                                                       \
    } while (0)
SIMD(DPPS) {
    uint32_t flags = 0;
    for (unsigned h = 0; h < bytes; h += 16) {
        union vector one, two;
        for (unsigned i = 0; i < 4; i++) {
            bool used = IMM8 >> (4 + i) & 1;
            one.d[i] = used ? src1->d[h / 4 + i] : 0;
            two.d[i] = used ? src2->d[h / 4 + i] : 0;
        }
        xmm x = half_read(&one, 0), y = half_read(&two, 0);
        DP_STEP("mulps", x, y, 4);
        half_write(&one, 0, x);
        one = (union vector){.d = {one.d[0], one.d[2], 0, 0, one.d[1], one.d[3]}};
        x = half_read(&one, 0);
        y = half_read(&one, 16);
        DP_STEP("addps", x, y, 4);
        y = swap_doublewords(x);
        x[0] &= UINT32_MAX;
        y[0] &= UINT32_MAX;
        DP_STEP("addps", x, y, 4);
        for (unsigned i = 0; i < 4; i++)
            dest->d[h / 4 + i] = IMM8 >> i & 1 ? (uint32_t)x[0] : 0;
    }
    fp_finish(c, o, flags);
}
SIMD(DPPD) {
    uint32_t flags = 0;
    xmm used = {IMM8 & 16 ? UINT64_MAX : 0, IMM8 & 32 ? UINT64_MAX : 0};
    xmm x = half_read(src1, 0) & used, y = half_read(src2, 0) & used;
    DP_STEP("mulpd", x, y, 8);
    y = swap_quadwords(x);
    x[1] = y[1] = 0;
    DP_STEP("addpd", x, y, 8);
    dest->q[0] = IMM8 & 1 ? x[0] : 0;
    dest->q[1] = IMM8 & 2 ? x[0] : 0;
    fp_finish(c, o, flags);
}
PACKED(DPPS)
PACKED128(DPPD)
