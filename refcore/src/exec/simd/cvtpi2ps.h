/* SPDX-License-Identifier: BSD-2-Clause */
/* CVTPI2PS, CVTPI2PD - Convert Packed Doubleword Integers to Packed Floating-Point Values; CVTPS2PI,
 * CVTPD2PI, CVTTPS2PI, CVTTPD2PI - ... to Packed Doubleword Integers.  SDM Vol. 2A, "Operation". All but
 * CVTPI2PD from memory (AMD: and CVTPI2PS from memory) are MMX instructions to the x87 state: they report a
 * pending #MF and make the transition. */
HANDLER(CVTPI2PS) {
    bool mmx = !(o->bits & OP_MEMORY) || c->profile->choice.cvtpi2ps_memory_x87;
    GUARD_SSE;
    if (mmx)
        GUARD_X87;
    xmm x, y = {o->bits & OP_MEMORY ? mem_read64(c, o, o->seg, EA) : mmx_read(c, o->rm), 0};
    uint32_t flags = 0;
    FP_ASM("cvtdq2ps %[y], %[x]", flags, fp_control(c), "=x", x, "x", y);
    if (mmx)
        mmx_transition_early(c);
    fp_finish(c, o, flags);
    if (mmx)
        mmx_transition(c);
    c->v[o->reg].q[0] = x[0];
    NEXT;
}
ENTRY(CVTPI2PS);
HANDLER(CVTPI2PD) {
    GUARD_SSE;
    if (!(o->bits & OP_MEMORY))
        GUARD_X87;
    xmm x, y = {o->bits & OP_MEMORY ? mem_read64(c, o, o->seg, EA) : mmx_read(c, o->rm), 0};
    uint32_t flags = 0;
    FP_ASM("cvtdq2pd %[y], %[x]", flags, fp_control(c), "=x", x, "x", y);
    fp_finish(c, o, flags);
    if (!(o->bits & OP_MEMORY))
        mmx_transition(c);
    memcpy(&c->v[o->reg], &x, 16);
    NEXT;
}
ENTRY(CVTPI2PD);
#define CONVERT_TO_MMX(name, mnemonic, size)                                                                 \
    HANDLER(name) {                                                                                          \
        GUARD_SSE;                                                                                           \
        GUARD_X87;                                                                                           \
        union vector room;                                                                                   \
        xmm x, y = half_read(source(c, o, &room, size, size < 16 ? ALIGN_NONE : ALIGN_OPERAND), 0);          \
        uint32_t flags = 0;                                                                                  \
        if (size == 8)                                                                                       \
            y[1] = 0;                                                                                        \
        FP_ASM(mnemonic " %[y], %[x]", flags, fp_control(c), "=x", x, "x", y);                               \
        mmx_transition_early(c);                                                                             \
        fp_finish(c, o, flags);                                                                              \
        mmx_transition(c);                                                                                   \
        mmx_write(c, o->reg, x[0]);                                                                          \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);
CONVERT_TO_MMX(CVTPS2PI, "cvtps2dq", 8)
CONVERT_TO_MMX(CVTTPS2PI, "cvttps2dq", 8)
CONVERT_TO_MMX(CVTPD2PI, "cvtpd2dq", 16)
CONVERT_TO_MMX(CVTTPD2PI, "cvttpd2dq", 16)
