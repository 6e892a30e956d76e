/* SPDX-License-Identifier: BSD-2-Clause */
/* VZEROALL - Zero XMM, YMM Registers; VZEROUPPER - Zero Upper Bits of YMM Registers.  SDM Vol. 2C: eight
 * registers outside 64-bit mode. */
HANDLER(VZEROALL) {
    GUARD_AVX;
    memset(c->v, 0, (in_64bit_code(c) ? 16 : 8) * sizeof c->v[0]);
    NEXT;
}
ENTRY(VZEROALL);
HANDLER(VZEROUPPER) {
    GUARD_AVX;
    for (unsigned i = 0; i < (in_64bit_code(c) ? 16U : 8U); i++)
        c->v[i].q[2] = c->v[i].q[3] = 0;
    NEXT;
}
ENTRY(VZEROUPPER);
