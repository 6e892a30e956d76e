/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVLPS, MOVLPD - Move Low Packed Values; MOVHPS, MOVHPD - Move High Packed Values; MOVHLPS - Move Packed
 * Single Precision Values High to Low; MOVLHPS - ... Low to High.  SDM Vol. 2B, "Operation". */
SIMD(MOVLPS) {
    dest->q[0] = src2->q[0];
    dest->q[1] = src1->q[1];
}
SIMD(MOVHPS) {
    dest->q[0] = src1->q[0];
    dest->q[1] = src2->q[0];
}
SIMD(MOVHLPS) {
    dest->q[0] = src2->q[1];
    dest->q[1] = src1->q[1];
}
#define MOVE_HALF(name, f, quadword)                                                                         \
    FORM_SSE_(name, f, 8)                                                                                    \
    FORM_VEX128_(V##name, f, 8)                                                                              \
    BOTH(name##_STORE, { mem_write64(c, o, o->seg, EA, c->v[o->reg].q[quadword]); })
MOVE_HALF(MOVLPS, MOVLPS, 0)
MOVE_HALF(MOVLPD, MOVLPS, 0)
MOVE_HALF(MOVHPS, MOVHPS, 1)
MOVE_HALF(MOVHPD, MOVHPS, 1)
SCALAR(MOVHLPS, 16)
FORM_SSE_(MOVLHPS, MOVHPS, 8)
FORM_VEX128_(VMOVLHPS, MOVHPS, 8)
