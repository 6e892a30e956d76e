/* SPDX-License-Identifier: BSD-2-Clause */
/* RDPKRU - Read Protection Key Rights for User Pages.  SDM Vol. 2B, RDPKRU, "Operation". */
HANDLER(RDPKRU) {
    if (!(c->cr4 & CR4_PKE))
        UD;
    if ((uint32_t)c->r[R_CX] != 0)
        GP0;
    write_eax_edx(c, c->pkru);
    NEXT;
}
ENTRY(RDPKRU);
