/* SPDX-License-Identifier: BSD-2-Clause */
/* MWAIT - Monitor Wait.  SDM Vol. 2B, MWAIT, "Operation": ECX bit 0 is the one extension. The wait may end
 * for any reason; here it ends at once, as if the monitored line had been written. */
HANDLER(MWAIT) {
    if (c->cpl != 0 || (c->profile->vendor == VENDOR_INTEL && !(c->misc_enable >> 18 & 1)))
        UD;
    if ((uint32_t)c->r[R_CX] > 1)
        GP0;
    SYNC;
    LEAVE_NEXT;
}
ENTRY(MWAIT);
