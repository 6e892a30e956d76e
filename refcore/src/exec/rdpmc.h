/* SPDX-License-Identifier: BSD-2-Clause */
/* RDPMC - Read Performance-Monitoring Counters.  SDM Vol. 2B, RDPMC, "Operation". P5 has counters 0 and 1,
 * AMD 0 to 3 without a CPUID bit; they never count here. Later Intel processors without architectural
 * performance monitoring (CPUID.0AH) have none. */
HANDLER(RDPMC) {
    if (c->cpl != 0 && !(c->cr4 & CR4_PCE))
        GP0;
    uint32_t counters = c->profile->vendor == VENDOR_AMD ? 4 : cpu_has(c, FEATURE_PAT) ? 0 : 2;
    if ((uint32_t)c->r[R_CX] >= counters)
        GP0;
    write_eax_edx(c, 0);
    NEXT;
}
ENTRY(RDPMC);
