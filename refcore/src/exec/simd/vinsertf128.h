/* SPDX-License-Identifier: BSD-2-Clause */
/* VINSERTF128, VINSERTI128 - Insert Packed Values; VEXTRACTF128, VEXTRACTI128 - Extract Packed Values.  SDM
 * Vol. 2C, "Operation". */
SIMD(VINSERTF128) {
    EACH(q)
    dest->q[i] = i >> 1 == (IMM8 & 1) ? src2->q[i & 1] : src1->q[i];
}
FORM_VEX256_(VINSERTF128, VINSERTF128, 16)
FORM_VEX256_(VINSERTI128, VINSERTF128, 16)
#define EXTRACT128(name)                                                                                     \
    HANDLER(name) {                                                                                          \
        GUARD_AVX;                                                                                           \
        union vector half;                                                                                   \
        memcpy(&half, &c->v[o->reg].q[2 * (IMM8 & 1)], 16);                                                  \
        if (o->bits & OP_MEMORY)                                                                             \
            vector_store(c, o, &half, 16, 0);                                                                \
        else                                                                                                 \
            write_vex(c, o->rm, &half, 16);                                                                  \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);
EXTRACT128(VEXTRACTF128)
EXTRACT128(VEXTRACTI128)
