/* SPDX-License-Identifier: BSD-2-Clause */
/* VBROADCAST - Load with Broadcast Floating-Point Data; VPBROADCAST - Load Integer and Broadcast.  SDM Vol.
 * 2C, "Operation". */
#define BROADCAST(name, lane, size)                                                                          \
    SIMD(name) {                                                                                             \
        EACH(lane) dest->lane[i] = src2->lane[0];                                                            \
    }                                                                                                        \
    FORM_VEX_(name, name, size)
BROADCAST(VPBROADCASTB, b, 1)
BROADCAST(VPBROADCASTW, w, 2)
BROADCAST(VPBROADCASTD, d, 4)
BROADCAST(VPBROADCASTQ, q, 8)
FORM_VEX_(VBROADCASTSS, VPBROADCASTD, 4)
FORM_VEX256_(VBROADCASTSD, VPBROADCASTQ, 8)
SIMD(VBROADCASTF128) {
    EACH(q)
    dest->q[i] = src2->q[i & 1];
}
FORM_VEX256_(VBROADCASTF128, VBROADCASTF128, 16)
FORM_VEX256_(VBROADCASTI128, VBROADCASTF128, 16)
