/* SPDX-License-Identifier: BSD-2-Clause */
/* PSADBW - Compute Sum of Absolute Differences.  SDM Vol. 2B, PSADBW, "Operation". */
SIMD(PSADBW) {
    EACH(q) {
        unsigned sum = 0;
        for (unsigned k = 8 * i; k < 8 * i + 8; k++)
            sum += (unsigned)(src1->b[k] > src2->b[k] ? src1->b[k] - src2->b[k] : src2->b[k] - src1->b[k]);
        dest->q[i] = sum;
    }
}
INTEGER(PSADBW)
