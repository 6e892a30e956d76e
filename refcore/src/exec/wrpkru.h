/* SPDX-License-Identifier: BSD-2-Clause */
/* WRPKRU - Write Data to User Page Key Register.  SDM Vol. 2C, WRPKRU, "Operation". */
HANDLER(WRPKRU) {
    if (!(c->cr4 & CR4_PKE))
        UD;
    if ((uint32_t)c->r[R_CX] != 0 || (uint32_t)c->r[R_DX] != 0)
        GP0;
    SYNC;
    c->pkru = (uint32_t)c->r[R_AX];
    tlb_flush(c, true); /* TLB entries were made under the old rights */
    RESUME_NEXT;
}
ENTRY(WRPKRU);
