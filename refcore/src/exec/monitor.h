/* SPDX-License-Identifier: BSD-2-Clause */
/* MONITOR - Set Up Monitor Address.  SDM Vol. 2B, MONITOR, "Operation": no extensions in ECX, the checks of a
 * byte load. */
HANDLER(MONITOR) {
    if (c->cpl != 0 || (c->profile->vendor == VENDOR_INTEL && !(c->misc_enable >> 18 & 1)))
        UD;
    if ((uint32_t)c->r[R_CX] != 0)
        GP0;
    (void)mem_read8(c, o, o->seg, address_in_rax(c, o));
    NEXT;
}
ENTRY(MONITOR);
