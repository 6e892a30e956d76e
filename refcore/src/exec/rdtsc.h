/* SPDX-License-Identifier: BSD-2-Clause */
/* RDTSC - Read Time-Stamp Counter.  SDM Vol. 2B, RDTSC, "Operation". */
HANDLER(RDTSC) {
    if ((c->cr4 & CR4_TSD) && c->cpl != 0)
        GP0;
    SYNC;
    write_eax_edx(c, cpu_tsc(c));
    NEXT;
}
ENTRY(RDTSC);
