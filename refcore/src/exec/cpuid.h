/* SPDX-License-Identifier: BSD-2-Clause */
/* CPUID - CPU Identification.  SDM Vol. 2A, CPUID, "Operation". */
HANDLER(CPUID) {
    uint32_t out[4];
    cpuid(c, (uint32_t)c->r[R_AX], (uint32_t)c->r[R_CX], out);
    c->r[R_AX] = out[0];
    c->r[R_BX] = out[1];
    c->r[R_CX] = out[2];
    c->r[R_DX] = out[3];
    NEXT;
}
ENTRY(CPUID);
