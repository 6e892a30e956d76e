/* SPDX-License-Identifier: BSD-2-Clause */
/* MPSADBW - Compute Multiple Packed Sums of Absolute Difference.  SDM Vol. 2B, MPSADBW, "Operation":
 * imm8[1:0] picks four bytes of src2, imm8[2] the start in src1; imm8[5:3] do so for the upper half. */
SIMD(MPSADBW) {
    HALVES(h, n) {
        unsigned control = h == 0 ? IMM8 : IMM8 >> 3;
        unsigned block2 = h + (control & 3) * 4, block1 = h + (control >> 2 & 1) * 4;
        for (unsigned i = 0; i < n / 2; i++) {
            unsigned sum = 0;
            for (unsigned k = 0; k < 4; k++) {
                int difference = src1->b[block1 + i + k] - src2->b[block2 + k];
                sum += (unsigned)(difference < 0 ? -difference : difference);
            }
            dest->w[h / 2 + i] = (uint16_t)sum;
        }
    }
}
PACKED(MPSADBW)
