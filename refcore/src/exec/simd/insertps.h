/* SPDX-License-Identifier: BSD-2-Clause */
/* INSERTPS - Insert Scalar Single Precision Value.  SDM Vol. 2A, INSERTPS, "Operation": imm8[7:6] picks the
 * source lane (memory has but one), imm8[5:4] the destination's, imm8[3:0] the lanes to clear. */
SIMD(INSERTPS) {
    uint32_t value = src2->d[o->bits & OP_MEMORY ? 0 : IMM8 >> 6];
    for (unsigned i = 0; i < 4; i++)
        dest->d[i] = IMM8 >> i & 1 ? 0 : i == (IMM8 >> 4 & 3) ? value : src1->d[i];
}
SCALAR(INSERTPS, 4)
