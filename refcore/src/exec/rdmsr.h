/* SPDX-License-Identifier: BSD-2-Clause */
/* RDMSR - Read From Model Specific Register.  SDM Vol. 2B, RDMSR, "Operation": EDX:EAX := MSR[ECX]. */
HANDLER(RDMSR) {
    REQUIRE_CPL0;
    SYNC;
    uint64_t value;
    if (!msr_read(c, (uint32_t)c->r[R_CX], &value))
        GP0;
    write_eax_edx(c, value);
    NEXT;
}
ENTRY(RDMSR);
