/* SPDX-License-Identifier: BSD-2-Clause */
/* RDTSCP - Read Time-Stamp Counter and Processor ID.  SDM Vol. 2B, RDTSCP, "Operation". */
HANDLER(RDTSCP) {
    if ((c->cr4 & CR4_TSD) && c->cpl != 0)
        GP0;
    SYNC;
    write_eax_edx(c, cpu_tsc(c));
    c->r[R_CX] = (uint32_t)c->tsc_aux;
    NEXT;
}
ENTRY(RDTSCP);
