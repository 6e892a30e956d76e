/* SPDX-License-Identifier: BSD-2-Clause */
/* RDPID - Read Processor ID.  SDM Vol. 2B, RDPID, "Operation": DEST := IA32_TSC_AUX, zero-extended. */
HANDLER(RDPID) {
    reg_write(c, o->rm, (uint32_t)c->tsc_aux, LONG_BYTES);
    NEXT;
}
ENTRY(RDPID);
