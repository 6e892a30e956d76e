/* SPDX-License-Identifier: BSD-2-Clause */
/* XSETBV - Set Extended Control Register.  SDM Vol. 2D, XSETBV, "Operation"; SDM Vol. 1, "Enabling the XSAVE
 * Feature Set and XSAVE-Enabled Features". */
HANDLER(XSETBV) {
    if (!(c->cr4 & CR4_OSXSAVE))
        UD;
    REQUIRE_CPL0;
    uint64_t value = read_eax_edx(c);
    if ((uint32_t)c->r[R_CX] != 0 || (value & ~c->profile->xcr0_mask) || !(value & 1) || (value & 6) == 4)
        GP0;
    SYNC;
    c->xcr0 = value;
    mode_changed(c);
    RESUME_NEXT;
}
ENTRY(XSETBV);
