/* SPDX-License-Identifier: BSD-2-Clause */
/* RDMSR - Read From Model Specific Register.  SDM Vol. 2B, RDMSR, "Operation": EDX:EAX := MSR[ECX]. */
static COLD HANDLER_RESULT run_RDMSR_any(struct cpu *c, const struct op *o) {
    REQUIRE_CPL0;
    SYNC;
    uint64_t value;
    if (!msr_read(c, (uint32_t)c->r[R_CX], &value))
        GP0;
    write_eax_edx(c, value);
    NEXT;
}

HANDLER(RDMSR) {
    uint64_t value;
    const void *place = c->cpl == 0 ? msr_place(c, (uint32_t)c->r[R_CX]) : 0;
    if (UNLIKELY(!place))
        TAIL_CALL(run_RDMSR_any);
    memcpy(&value, place, sizeof value);
    write_eax_edx(c, value);
    NEXT;
}
ENTRY(RDMSR);
