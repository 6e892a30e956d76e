/* SPDX-License-Identifier: BSD-2-Clause */
/* LDMXCSR, STMXCSR - Load, Store MXCSR Register.  SDM Vol. 2A, LDMXCSR; Vol. 2B, STMXCSR, "Operation". Reserved bits: #GP(0). */
static void sse_available(struct cpu *c, const struct op *o) {
    if (c->unavailable & NO_SSE)
        RAISE((c->cr0 & CR0_EM) || !(c->cr4 & CR4_OSFXSR) ? VECTOR_UD : VECTOR_NM);
}
static void avx_available(struct cpu *c, const struct op *o) {
    if (c->unavailable & NO_AVX)
        RAISE((c->cr4 & CR4_OSXSAVE) && (c->xcr0 & 6) == 6 ? VECTOR_NM : VECTOR_UD);
}
static void mxcsr_load(struct cpu *c, const struct op *o) {
    uint32_t value = mem_read32(c, o, o->seg, EA);
    if (value & ~c->profile->mxcsr_mask)
        GP0;
    c->mxcsr = value;
}
HANDLER(LDMXCSR) {
    sse_available(c, o);
    mxcsr_load(c, o);
    NEXT;
}
ENTRY(LDMXCSR);
HANDLER(VLDMXCSR) {
    avx_available(c, o);
    mxcsr_load(c, o);
    NEXT;
}
ENTRY(VLDMXCSR);
HANDLER(STMXCSR) {
    sse_available(c, o);
    mem_write32(c, o, o->seg, EA, c->mxcsr);
    NEXT;
}
ENTRY(STMXCSR);
HANDLER(VSTMXCSR) {
    avx_available(c, o);
    mem_write32(c, o, o->seg, EA, c->mxcsr);
    NEXT;
}
ENTRY(VSTMXCSR);
