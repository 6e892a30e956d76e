/* SPDX-License-Identifier: BSD-2-Clause */
/* WRMSR - Write to Model Specific Register.  SDM Vol. 2C, WRMSR, "Operation": MSR[ECX] := EDX:EAX. */
HANDLER(WRMSR) {
    REQUIRE_CPL0;
    SYNC;
    if (!msr_write(c, (uint32_t)c->r[R_CX], read_eax_edx(c)))
        GP0;
    mode_changed(c);
    LEAVE_NEXT;
}
ENTRY(WRMSR);
