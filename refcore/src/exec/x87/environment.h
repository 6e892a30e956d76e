/* SPDX-License-Identifier: BSD-2-Clause */
/* The x87 environment in memory. SDM Vol. 1, "x87 FPU State Image"; four layouts by operand size and by protected or real (and
 * virtual-8086) mode. */
enum { ENVIRONMENT_16 = 14, ENVIRONMENT_32 = 28 };

/* FXSAVE's tags to the two-bit ones: 00 valid, 01 zero, 10 special, 11 empty */
static uint16_t tags_full(const struct cpu *c) {
    unsigned full = 0;
    for (unsigned i = 0; i < 8; i++) {
        const struct x87_register *r = &c->x87.r[i];
        unsigned exponent = r->sign_exponent & 0x7fff, tag = 0;
        if (!(c->x87.tags >> i & 1))
            tag = 3;
        else if (exponent == 0 && r->significand == 0)
            tag = 1;
        else if (exponent == 0 || exponent == 0x7fff || !(r->significand >> 63))
            tag = 2;
        full |= tag << (2 * i);
    }
    return (uint16_t)full;
}
static uint8_t tags_abridged(unsigned full) {
    unsigned abridged = 0;
    for (unsigned i = 0; i < 8; i++)
        abridged |= (full >> (2 * i) & 3) != 3 ? 1U << i : 0;
    return (uint8_t)abridged;
}

static uint16_t load16(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}
static uint32_t load32(const uint8_t *at) {
    return load16(at) | (uint32_t)load16(at + 2) << 16;
}
static void store16(uint8_t *at, unsigned value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}
static void store32(uint8_t *at, uint64_t value) {
    store16(at, value & 0xffff);
    store16(at + 2, value >> 16 & 0xffff);
}

static unsigned environment_size(const struct op *o) {
    return OPERAND_BYTES == 2 ? ENVIRONMENT_16 : ENVIRONMENT_32;
}

/* An image is tried at its first element and then at its last byte (silicon: CR2). */
static void image_ends(struct cpu *c, const struct op *o, unsigned size, enum access access) {
    uint64_t first = EA, last = first + size - 1;
    unsigned element = OPERAND_BYTES == 2 ? 2 : 4;
    c->op = o;
    if (access == ACCESS_WRITE) {
        mem_probe_write(c, o, o->seg, first, element);
        mem_probe_write(c, o, o->seg, last, 1);
    } else {
        (void)load_size(c, o, first, element);
        (void)mem_read8(c, o, o->seg, last);
    }
}

static void environment_image(const struct cpu *c, const struct op *o, uint8_t *to) {
    const struct x87 *x = &c->x87;
    bool protected = in_protected(c);
    if (environment_size(o) == ENVIRONMENT_16) {
        store16(to, x->control);
        store16(to + 2, x->status);
        store16(to + 4, tags_full(c));
        store16(to + 6, x->ip & 0xffff);
        store16(to + 8, protected ? x->cs : (unsigned)(x->ip >> 16 & 15) << 12 | x->opcode);
        store16(to + 10, x->dp & 0xffff);
        store16(to + 12, protected ? x->ds : (unsigned)(x->dp >> 16 & 15) << 12);
        return;
    }
    store32(to, x->control | 0xffff0000U);
    store32(to + 4, x->status | 0xffff0000U);
    store32(to + 8, tags_full(c) | 0xffff0000U);
    if (protected) {
        store32(to + 12, x->ip);
        store32(to + 16, x->cs | (uint32_t)x->opcode << 16);
        store32(to + 20, x->dp);
        store32(to + 24, x->ds | 0xffff0000U);
    } else {
        store32(to + 12, (x->ip & 0xffff) | 0xffff0000U);
        store32(to + 16, (x->ip >> 16 & 0xffff) << 12 | x->opcode);
        store32(to + 20, (x->dp & 0xffff) | 0xffff0000U);
        store32(to + 24, (x->dp >> 16 & 0xffff) << 12);
    }
}

static void environment_load(struct cpu *c, const struct op *o, const uint8_t *from) {
    struct x87 *x = &c->x87;
    bool protected = in_protected(c);
    bool small = environment_size(o) == ENVIRONMENT_16;
    unsigned step = small ? 2 : 4;
    x->control = (uint16_t)((load16(from) & 0x1f3f) | 0x40);
    x->status = load16(from + step);
    x->tags = tags_abridged(load16(from + 2 * step));
    if (small) {
        x->ip = load16(from + 6);
        x->dp = load16(from + 10);
        if (protected) {
            x->cs = load16(from + 8);
            x->ds = load16(from + 12);
            x->opcode = 0; /* not in the image; silicon clears it */
        } else {
            x->ip |= (uint64_t)(load16(from + 8) >> 12) << 16;
            x->opcode = load16(from + 8) & 0x7ff;
            x->dp |= (uint64_t)(load16(from + 12) >> 12) << 16;
            x->cs = x->ds = 0;
        }
    } else if (protected) {
        x->ip = load32(from + 12);
        x->cs = load16(from + 16);
        x->opcode = load16(from + 18) & 0x7ff;
        x->dp = load32(from + 20);
        x->ds = load16(from + 24);
    } else {
        x->ip = load16(from + 12) | (load32(from + 16) >> 12 & 0xffff) << 16;
        x->opcode = load32(from + 16) & 0x7ff;
        x->dp = load16(from + 20) | (load32(from + 24) >> 12 & 0xffff) << 16;
        x->cs = x->ds = 0;
    }
    x87_summarise(c);
}

static void x87_initialise(struct cpu *c) {
    c->x87.control = 0x37f;
    c->x87.status = 0;
    x87_no_error(c);
    c->x87.tags = 0;
    c->x87.ip = c->x87.dp = 0;
    c->x87.cs = c->x87.ds = c->x87.opcode = 0;
}
