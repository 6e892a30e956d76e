/* SPDX-License-Identifier: BSD-2-Clause */
/* XGETBV - Get Value of Extended Control Register.  SDM Vol. 2D, XGETBV, "Operation"; ECX = 1: XCR0 AND
 * XINUSE. */
HANDLER(XGETBV) {
    if (!(c->cr4 & CR4_OSXSAVE))
        UD;
    uint32_t index = (uint32_t)c->r[R_CX];
    if (index > 1 || (index == 1 && !cpu_has(c, FEATURE_XGETBV1)))
        GP0;
    write_eax_edx(c, index == 0 ? c->xcr0 : c->xcr0 & cpu_xinuse(c));
    NEXT;
}
ENTRY(XGETBV);
