/* SPDX-License-Identifier: BSD-2-Clause */
/* The 512-byte region. SDM Vol. 1, "Legacy Region of an XSAVE Area"; Vol. 2A, FXSAVE, table "Non-64-bit-Mode Layout of FXSAVE and
 * FXRSTOR Memory Region" and the two of 64-bit mode. */
enum {
    REGION_X87 = 0,
    REGION_MXCSR = 24,
    REGION_ST = 32,
    REGION_XMM = 160,
    REGION_XMM_END = 416,
    REGION_SIZE = 512
};

static unsigned xmm_count(const struct cpu *c) {
    return in_64bit_code(c) ? 16 : 8;
}

/* bytes 0..23: FCW FSW FTW FOP FIP FCS FDP FDS; with REX.W the pointers are 64 bits and have no selectors. AMD keeps the pointers
 * to itself unless an exception is pending (APM Vol. 3, FXSAVE). */
static void x87_region(const struct cpu *c, const struct op *o, uint8_t to[24]) {
    const struct x87 *x = &c->x87;
    bool wide = OPERAND_BYTES == 8;
    bool pointers = !c->profile->choice.fxsave_pointers_on_error || (x->status & X87_ES);
    memset(to, 0, 24);
    memcpy(to, &x->control, 2);
    memcpy(to + 2, &x->status, 2);
    to[4] = x->tags;
    if (!pointers)
        return;
    memcpy(to + 6, &x->opcode, 2);
    memcpy(to + 8, &x->ip, wide ? 8 : 4);
    memcpy(to + 16, &x->dp, wide ? 8 : 4);
    if (!wide) {
        memcpy(to + 12, &x->cs, 2);
        memcpy(to + 20, &x->ds, 2);
    }
}

static void x87_region_load(struct cpu *c, const struct op *o, const uint8_t from[24]) {
    struct x87 *x = &c->x87;
    bool wide = OPERAND_BYTES == 8;
    memcpy(&x->control, from, 2);
    x->control = (uint16_t)((x->control & 0x1f3f) | 0x40);
    memcpy(&x->status, from + 2, 2);
    x->tags = from[4];
    memcpy(&x->opcode, from + 6, 2);
    x->opcode &= 0x7ff;
    x->ip = x->dp = 0;
    memcpy(&x->ip, from + 8, wide ? 8 : 4);
    memcpy(&x->dp, from + 16, wide ? 8 : 4);
    x->cs = x->ds = 0;
    /* silicon keeps linear_bits and extends the sign */
    unsigned unused = 64 - c->profile->linear_bits;
    if (wide) {
        x->ip = (uint64_t)((int64_t)(x->ip << unused) >> unused);
        x->dp = (uint64_t)((int64_t)(x->dp << unused) >> unused);
    }
    if (!wide) {
        memcpy(&x->cs, from + 12, 2);
        memcpy(&x->ds, from + 20, 2);
    }
    x87_summarise(c);
}

static void st_region(const struct cpu *c, uint8_t to[128]) {
    memset(to, 0, 128);
    for (unsigned i = 0; i < 8; i++) {
        memcpy(to + 16 * i, &ST(i).significand, 8);
        memcpy(to + 16 * i + 8, &ST(i).sign_exponent, 2);
    }
}
static void st_region_load(struct cpu *c, const uint8_t from[128]) {
    for (unsigned i = 0; i < 8; i++) {
        memcpy(&ST(i).significand, from + 16 * i, 8);
        memcpy(&ST(i).sign_exponent, from + 16 * i + 8, 2);
    }
}
static void xmm_region(const struct cpu *c, uint8_t to[256]) {
    for (unsigned i = 0; i < xmm_count(c); i++)
        memcpy(to + 16 * i, &c->v[i], 16);
}
static void xmm_region_load(struct cpu *c, const uint8_t from[256]) {
    for (unsigned i = 0; i < xmm_count(c); i++)
        memcpy(&c->v[i], from + 16 * i, 16);
}

/* CR0.EM or CR0.TS: #NM; then alignment, and #SS or #GP of the whole region */
static void fx_available(struct cpu *c, const struct op *o) {
    if (c->cr0 & (CR0_EM | CR0_TS))
        RAISE(VECTOR_NM);
}
/* In silicon's order: the first doubleword's limit and #AC ("signaling of #AC is not guaranteed and may vary": FXSAVE, "Protected Mode
 * Exceptions"), the alignment, FXSAVE's last byte (at an offset that wraps), then all of it. */
static uint64_t aligned_region(struct cpu *c, const struct op *o, unsigned size, unsigned alignment,
                               enum access access) {
    unsigned address = o->bits & OP_ADDRESS_MASK;
    uint64_t offset = EA, last = offset + size - 1;
    last = address == OP_ADDRESS_64 ? last : address == OP_ADDRESS_32 ? (uint32_t)last : (uint16_t)last;
    uint64_t linear = mem_linear(c, o, o->seg, offset, 4, ACCESS_READ);
    if ((linear & 3) && c->cpl == 3 && (c->cr0 & CR0_AM) && (c->rflags & FLAG_AC))
        RAISE_ERROR(VECTOR_AC, 0);
    if (linear & (alignment - 1))
        GP0;
    if (size == REGION_SIZE &&
        access == ACCESS_WRITE) /* of an XSAVE area only the components asked for are touched */
        mem_probe_write(c, o, o->seg, last, 1);
    else if (size == REGION_SIZE)
        (void)mem_read8(c, o, o->seg, last);
    (void)mem_linear(c, o, o->seg, offset, size, access);
    return offset;
}
