/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_case.c - the initial state of a case: registers of every kind, and addresses that lead where we
 * want them. */
#include "silicon_case.h"
#include "decode/operand.h"
#include "silicon_encode.h"

#include <string.h>

/* what is decided while a case is made */
struct maker {
    struct silicon_case *k;
    struct random r;
    const struct environment *e;
    struct encoding code;
    uint32_t fixed; /* general registers that carry addresses: bit a number */
    enum style style;
};

static bool named(const struct row *row, const char *name) {
    return strcmp(row->name, name) == 0;
}
static bool starts(const char *name, const char *with) {
    return strncmp(name, with, strlen(with)) == 0;
}
static bool holds(const char *name, const char *part) {
    return strstr(name, part) != 0;
}
static bool ends(const char *name, const char *with) {
    size_t n = strlen(name), m = strlen(with);
    return n >= m && strcmp(name + n - m, with) == 0;
}

/* ---- values ---- */

static enum style style_of(struct random *r, const struct row *row) {
    const char *n = row->name;
    if (one_in(r, 10))
        return (enum style)below(r, STYLES);
    if (row->attributes & A_X87)
        return ends(n, "M32") && n[1] != 'I'   ? STYLE_SINGLE
               : ends(n, "M64") && n[1] != 'I' ? STYLE_DOUBLE
               : starts(n, "FB")               ? STYLE_BCD
               : n[1] == 'I'                   ? STYLE_INTEGER
                                               : STYLE_EXTENDED;
    if (row->attributes & (A_SSE | A_AVX)) {
        if (holds(n, "STRI") || holds(n, "STRM"))
            return STYLE_TEXT;
        if (holds(n, "CVT"))
            return one_in(r, 2) ? STYLE_SINGLE : one_in(r, 3) ? STYLE_INTEGER : STYLE_DOUBLE;
        if (holds(n, "PS") || holds(n, "SS"))
            return STYLE_SINGLE;
        if (holds(n, "PD") || holds(n, "SD"))
            return STYLE_DOUBLE;
        return one_in(r, 2) ? STYLE_INTEGER : STYLE_BYTES;
    }
    if (row->attributes & A_MMX)
        return one_in(r, 2) ? STYLE_INTEGER : STYLE_BYTES;
    return STYLE_INTEGER;
}

static void make_x87(struct maker *m, const struct profile *p) {
    struct registers *in = &m->k->in;
    struct random *r = &m->r;
    in->fcw = (uint16_t)((random_bits(r) & 0x1f3f) | 0x40);
    if (!one_in(r, 4))
        in->fcw |= 0x3f;
    in->fsw = (uint16_t)(random_bits(r) & 0x7f7f);
    if (one_in(r, 2))
        in->fsw &= 0xff80;
    if (!one_in(r, 12))
        in->fsw &= (uint16_t)(in->fcw | 0xffc0); /* no exception pending */
    if (in->fsw & ~in->fcw & 0x3f)
        in->fsw |= 0x8080;
    in->ftw = one_in(r, 6) ? (uint8_t)random_bits(r) : one_in(r, 8) ? 0 : 0xff;
    /* pushes need room */
    if (one_in(r, 3))
        in->ftw &= (uint8_t) ~(1 << (((in->fsw >> 11) - 1) & 7));
    in->fop = (uint16_t)(random_bits(r) & 0x7ff);
    in->fip = CODE_BASE + below(r, PAGE);
    in->fdp = DATA_BASE + below(r, PAGE);
    for (unsigned i = 0; i < 8; i++) {
        in->st[i] = value_extended(r);
        if (m->k->row->attributes & A_MMX)
            value_fill(r, m->style, (uint8_t *)&in->st[i].significand, 8);
    }
    in->mxcsr = value_mxcsr(r, p->mxcsr_mask);
}

static void make_registers(struct maker *m, const struct profile *p) {
    struct registers *in = &m->k->in;
    struct random *r = &m->r;
    for (unsigned i = 0; i < 16; i++)
        in->gpr[i] = value_integer(r);
    if (m->e->kind != LONG_64) { /* what cannot be seen there cannot be entered either */
        for (unsigned i = 0; i < 16; i++)
            in->gpr[i] = i < 8 ? (uint32_t)in->gpr[i] : 0;
    }
    in->rflags = FLAG_1 | FLAG_IF | (random_bits(r) & FLAGS_STATUS);
    if (one_in(r, 2))
        in->rflags |= FLAG_DF;
    if (one_in(r, 8))
        in->rflags |= FLAG_AC;
    make_x87(m, p);
    for (unsigned i = 0; i < 16; i++)
        value_fill(r, m->style, in->v[i].b, 32);
    if (m->style == STYLE_TEXT) {
        in->gpr[R_AX] = one_in(r, 4) ? in->gpr[R_AX] : below(r, 40) - 20U;
        in->gpr[R_DX] = one_in(r, 4) ? in->gpr[R_DX] : below(r, 40) - 20U;
    }
    in->es = m->e->seg[SEG_ES].selector;
    in->ds = m->e->seg[SEG_DS].selector;
}

static void make_patch(struct maker *m, uint64_t linear, const void *bytes, unsigned size) {
    if (m->k->patches == PATCHES)
        return;
    struct patch *t = &m->k->patch[m->k->patches++];
    t->linear = linear;
    t->size = size;
    memcpy(t->bytes, bytes, size);
}

/* ---- addresses ---- */

static uint64_t code_spot(struct maker *m) {
    struct random *r = &m->r;
    uint64_t end = CODE_BASE + CODE_PAGES * PAGE;
    if (m->k->status != DECODE_OK) /* what undefined bytes have for a length is left open */
        return CODE_BASE + below(r, PAGE);
    switch (below(r, 32)) {
    case 0:
        return end - m->k->code_size; /* up to the last byte */
    case 1:
        return end - 1 - below(r, m->k->code_size); /* beyond it */
    case 2:
        return CODE_BASE + PAGE - below(r, m->k->code_size); /* across pages */
    default:
        return CODE_BASE + below(r, PAGE / 16) * 16 + below(r, 16);
    }
}

static uint64_t data_spot(struct random *r) {
    uint64_t end = DATA_BASE + DATA_PAGES * PAGE, read_only = DATA_BASE + READ_ONLY_PAGE * PAGE;
    switch (below(r, 32)) {
    case 0:
    case 1:
        return DATA_BASE + PAGE - below(r, 64);
    case 2:
    case 3:
        return read_only - below(r, 64);
    case 4:
    case 5:
        return read_only + below(r, PAGE - 64);
    case 6:
        return end - below(r, 64);
    case 7:
        return DATA_BASE - below(r, 64);
    case 8:
        return one_in(r, 2) ? end + 64 + below(r, 1024) : DATA_BASE - 64 - below(r, 1024);
    case 9:
    case 10:
    case 11:
    case 12:
        return DATA_BASE + below(r, PAGE - 64);
    default:
        return DATA_BASE + 64 * below(r, PAGE / 64);
    }
}

static uint64_t stack_spot(struct random *r) {
    switch (below(r, 24)) {
    case 0:
        return STACK_BASE + below(r, 32);
    case 1:
        return STACK_BASE + STACK_PAGES * PAGE - below(r, 64);
    case 2:
        return STACK_BASE + PAGE + below(r, 32) - 16;
    case 3:
        return DATA_BASE + READ_ONLY_PAGE * PAGE + below(r, 64);
    case 4:
    case 5:
        return STACK_BASE + PAGE + below(r, 1024);
    default:
        return STACK_BASE + PAGE + 8 * below(r, 128);
    }
}

static uint64_t base_of(const struct maker *m, unsigned seg) {
    return m->e->kind == LONG_64 && seg < SEG_FS ? 0 : m->e->seg[seg].base;
}

/* A linear address for a memory operand in `seg`; bits of the offset that the address size leaves. */
static uint64_t operand_spot(struct maker *m, unsigned seg, unsigned address_bits) {
    struct random *r = &m->r;
    bool parts = row_has_operand(m->k->row, M) ||
                 row_has_operand(m->k->row, Mt); /* accessed in parts of the processor's own choice */
    if (m->e->kind == LONG_64 && address_bits == 64 && one_in(r, 64))
        return UINT64_C(0x7fffffffffff) - below(r, 16) + (parts || one_in(r, 2) ? 17 : 0);
    if (m->e->kind == SEGMENTED_16 || m->e->kind == SEGMENTED_32) {
        if (seg == SEG_CS)
            return CODE_BASE + below(r, CODE_PAGES * PAGE + 64);
        if (one_in(r, 16)) { /* about the limit */
            uint64_t limit = m->e->seg[seg].limit;
            return m->e->seg[seg].base + limit - below(r, 16);
        }
        return seg == SEG_SS ? stack_spot(r) : data_spot(r);
    }
    if (one_in(r, 32))
        return stack_spot(r);
    if (one_in(r, 64))
        return CODE_BASE + below(r, CODE_PAGES * PAGE);
    return data_spot(r);
}

/* Puts `value` in the low bits that addresses of that size use; the rest stays what it is (64-bit code), for
 * it must not matter. */
static void set_low(struct maker *m, unsigned reg, uint64_t value, unsigned bits) {
    uint64_t mask = bits == 64 ? ~UINT64_C(0) : bits == 32 ? UINT64_C(0xffffffff) : UINT64_C(0xffff);
    m->k->in.gpr[reg] = (m->k->in.gpr[reg] & ~mask) | (value & mask);
    m->fixed |= 1U << reg;
}

static uint64_t offset_mask(unsigned bits) {
    return bits == 64 ? ~UINT64_C(0) : bits == 32 ? UINT64_C(0xffffffff) : UINT64_C(0xffff);
}

static bool put_displacement(struct maker *m, uint64_t value) {
    struct encoding *c = &m->code;
    for (unsigned i = 0; i < c->disp_size; i++)
        c->bytes[c->disp_at + i] = (uint8_t)(value >> (8 * i));
    return c->disp_size >= 2;
}

/* Vector indices: small offsets about the base. */
static void make_gather(struct maker *m) {
    const struct insn *i = &m->k->insn;
    union vector *index = &m->k->in.v[i->index], *mask = &m->k->in.v[i->vvvv];
    bool quad = i->opcode & 1;
    for (unsigned n = 0; n < 8; n++) {
        int32_t offset = (int32_t)below(&m->r, 512) - 256;
        if (quad)
            index->sq[n / 2] = offset;
        else
            index->sd[n] = offset;
    }
    if (i->index != i->vvvv) {
        for (unsigned n = 0; n < 8; n++)
            mask->d[n] = one_in(&m->r, 2) ? 0x80000000 | mask->d[n] : mask->d[n];
    }
}

/* Registers (or the displacement) so that the operand lies at *linear. false: cannot be done with this
 * encoding. */
static bool aim(struct maker *m, uint64_t *linear) {
    const struct insn *i = &m->k->insn;
    struct registers *in = &m->k->in;
    unsigned seg = i->segment, bits = i->address_bits;
    *linear = operand_spot(m, seg, bits);
    uint64_t offset = *linear - base_of(m, seg);
    if ((offset & offset_mask(bits)) != offset)
        return false;
    if (row_has_operand(m->k->row, Ob) || row_has_operand(m->k->row, Ov)) {
        for (unsigned n = 0; n < bits / 8; n++)
            m->code.bytes[m->code.opcode_end + n] = (uint8_t)(offset >> (8 * n));
        return true;
    }
    if (row_has_operand(m->k->row, VMx)) {
        if (i->base == R_ZERO) {
            put_displacement(m, offset);
            return offset < 0x7fffffff;
        }
        set_low(m, i->base, offset - (uint64_t)i->disp, bits);
        make_gather(m);
        return true;
    }
    if (i->base == R_BLOCK)
        return offset < 0x7fffffff && put_displacement(m, offset - (in->rip + m->k->insn.length));
    if (i->base == i->index && i->base != R_ZERO)
        return false;
    uint64_t index = 0;
    if (i->index != R_ZERO) {
        if (i->base == R_ZERO || one_in(&m->r, 2))
            in->gpr[i->index] = below(&m->r, 256);
        else if (bits == 16)
            set_low(m, i->index, random_bits(&m->r), 16);
        m->fixed |= 1U << i->index;
        index = in->gpr[i->index] << i->scale;
    }
    if (i->base == R_ZERO)
        return offset - index < 0x7fffffff && put_displacement(m, offset - index);
    set_low(m, i->base, offset - index - (uint64_t)i->disp, bits);
    return true;
}

/* An implied register, as an address in `seg`. */
static uint64_t aim_register(struct maker *m, unsigned reg, unsigned seg, unsigned bits, uint64_t linear) {
    set_low(m, reg, linear - base_of(m, seg), bits);
    return linear;
}

static bool uses_stack(const struct row *row) {
    const char *n = row->name;
    return starts(n, "PUSH") || (starts(n, "POP") && !named(row, "POPCNT")) || starts(n, "CALL") ||
           starts(n, "RET") || named(row, "ENTER") || named(row, "LEAVE");
}

static void fill_operand(struct maker *m, uint64_t linear, unsigned size) {
    uint8_t bytes[PATCH_BYTES];
    value_fill(&m->r, m->style, bytes, size);
    make_patch(m, linear, bytes, size);
}

/* Images that are loaded: most often with a valid MXCSR. */
static void fill_image(struct maker *m, uint64_t linear) {
    uint8_t bytes[512];
    uint32_t mxcsr = value_mxcsr(&m->r, 0xffff);
    value_fill(&m->r, STYLE_BITS, bytes, sizeof bytes);
    if (named(m->k->row, "FXRSTOR") && !one_in(&m->r, 6))
        memcpy(bytes + 24, &mxcsr, 4);
    if (holds(m->k->row->name, "LDMXCSR") && !one_in(&m->r, 6))
        memcpy(bytes, &mxcsr, 4);
    make_patch(m, linear, bytes, sizeof bytes);
}

static unsigned stack_bits(const struct maker *m) {
    return m->e->kind == LONG_64 ? 64 : m->e->seg[SEG_SS].rights & AR_DB ? 32 : 16;
}

static void make_stack(struct maker *m) {
    struct random *r = &m->r;
    bool must = uses_stack(m->k->row);
    unsigned bits = stack_bits(m);
    uint64_t sp = stack_spot(r);
    if (m->e->kind != LONG_64 && m->e->kind != FLAT_32 && page_index(sp) < STACK_AT)
        sp = STACK_BASE + PAGE;
    if (!(m->fixed & 1U << R_SP) && (must || !one_in(r, 8)))
        aim_register(m, R_SP, SEG_SS, bits, sp);
    if (!(m->fixed & 1U << R_BP) && (must || one_in(r, 2)))
        aim_register(m, R_BP, SEG_SS, bits, STACK_BASE + PAGE + below(r, 1024));
    if (must) {
        uint8_t bytes[64];
        value_fill(r, STYLE_INTEGER, bytes, sizeof bytes);
        uint64_t target = CODE_BASE + below(r, PAGE) - base_of(m, SEG_CS);
        if (starts(m->k->row->name, "RET") && !one_in(r, 3))
            memcpy(bytes, &target, 8);
        make_patch(
            m, m->e->seg[SEG_SS].base * (m->e->kind != LONG_64) + (m->k->in.gpr[R_SP] & offset_mask(bits)),
            bytes, sizeof bytes);
    }
}

/* Operands that are not ModRM's. false: they collide with it. */
static bool make_implied(struct maker *m, uint64_t operand) {
    const struct row *row = m->k->row;
    const struct insn *i = &m->k->insn;
    struct registers *in = &m->k->in;
    struct random *r = &m->r;
    unsigned bits = i->address_bits;
    if (row->attributes & A_STRING) {
        uint64_t from = operand_spot(m, i->segment, 32), to = operand_spot(m, SEG_ES, 32);
        if (from - base_of(m, i->segment) > offset_mask(bits) || to - base_of(m, SEG_ES) > offset_mask(bits))
            return false;
        aim_register(m, R_SI, i->segment, bits, from);
        aim_register(m, R_DI, SEG_ES, bits, to);
        set_low(m, R_CX, one_in(r, 4) ? value_integer(r) : below(r, 4), bits);
        fill_operand(m, from, 16);
        uint8_t same[16];
        memcpy(same, m->k->patch[m->k->patches - 1].bytes, 16);
        if (!one_in(r, 3))
            fill_operand(m, to, 16);
        else
            make_patch(m, to, same, 16);
    } else if (named(row, "XLAT")) {
        uint64_t at = operand_spot(m, i->segment, 32),
                 offset = at - base_of(m, i->segment) - (in->gpr[R_AX] & 0xff);
        if (at - base_of(m, i->segment) > offset_mask(bits))
            return false;
        set_low(m, R_BX, offset, bits);
    } else if (holds(row->name, "MASKMOVQ") || holds(row->name, "MASKMOVDQU")) {
        uint64_t at = operand_spot(m, i->segment, 32);
        if (at - base_of(m, i->segment) > offset_mask(bits))
            return false;
        aim_register(m, R_DI, i->segment, bits, at);
    } else if (named(row, "CLZERO")) {
        uint64_t at = operand_spot(m, i->segment, 32);
        if (at - base_of(m, i->segment) > offset_mask(bits))
            return false;
        aim_register(m, R_AX, i->segment, bits, at);
    } else if (ends(row->name, "_STRING")) {
        if (m->fixed >> i->reg & 1)
            return false;
        in->gpr[i->reg] = below(r, 4096) - 2048U;
        if (m->e->kind != LONG_64)
            in->gpr[i->reg] = (uint32_t)in->gpr[i->reg];
        m->fixed |= 1U << i->reg;
    } else if (named(row, "DIV") || named(row, "IDIV")) {
        if (!(m->fixed >> R_DX & 1) && !one_in(r, 3))
            in->gpr[R_DX] = named(row, "DIV") ? below(r, 3) : 0 - (uint64_t)below(r, 2);
    } else if (starts(row->name, "CMPXCHG")) {
        uint64_t a = in->gpr[R_AX], d = in->gpr[R_DX];
        uint8_t bytes[16];
        if (!i->memory && one_in(r, 2) && !(m->fixed >> i->rm & 1)) {
            in->gpr[i->rm] = a;
        } else if (i->memory && one_in(r, 2)) {
            bool wide = named(row, "CMPXCHG16B");
            memcpy(bytes, &a, 8);
            memcpy(bytes + (wide ? 8 : 4), &d, wide ? 8 : 4);
            make_patch(m, operand, bytes, wide ? 16 : 8);
        }
    } else if (named(row, "CALL") || named(row, "JMP")) {
        uint64_t target = CODE_BASE + below(r, PAGE) - base_of(m, SEG_CS);
        if (one_in(r, 3))
            return true;
        if (i->memory)
            make_patch(m, operand, &target, 8);
        else if (!(m->fixed >> i->rm & 1))
            in->gpr[i->rm] = target;
    } else if (named(row, "ENTER")) {
        m->code.bytes[m->code.opcode_end + 1] &= one_in(r, 4) ? 0x1f : 1;
        m->code.bytes[m->code.opcode_end + 2] &= one_in(r, 4) ? 0xff : 0x23;
    } else if (named(row, "BOUND")) {
        int32_t pair[2] = {(int32_t)value_integer(r), (int32_t)value_integer(r)};
        make_patch(m, operand, pair, 8);
    }
    return true;
}

static bool attempt(struct maker *m, const struct profile *p, uint32_t mode) {
    struct silicon_case *k = m->k;
    const struct row *row = k->row;
    k->patches = 0;
    m->fixed = 0;
    m->code = encode(&m->r, row, m->e->kind);
    m->style = style_of(&m->r, row);
    k->status = decode(p, mode, m->code.bytes, 15, &k->insn);
    if (k->status != DECODE_OK
            ? !((m->code.spoiled || row->attributes & A_UD) && k->status == DECODE_UNDEFINED)
            : k->insn.row != row)
        return false;
    k->code_size = k->status == DECODE_OK ? k->insn.length : 15;
    make_registers(m, p);
    k->in.rip = code_spot(m);
    uint64_t operand = DATA_BASE;
    if (k->status == DECODE_OK) {
        bool address_only = named(row, "LEA") || starts(row->name, "NOP") || starts(row->name, "PREFETCH");
        if (k->insn.memory && (!address_only || one_in(&m->r, 2))) {
            if (!aim(m, &operand))
                return false;
            if (named(row, "FXRSTOR") || named(row, "FRSTOR") || named(row, "FLDENV") ||
                holds(row->name, "LDMXCSR"))
                fill_image(m, operand);
            else
                fill_operand(m, operand, 64);
        }
        if (!make_implied(m, operand))
            return false;
        make_stack(m);
        /* displacements and immediates may have been written */
        if (decode(p, mode, m->code.bytes, 15, &k->insn) != DECODE_OK || k->insn.length != k->code_size)
            return false;
    }
    memcpy(k->code, m->code.bytes, 15);
    make_patch(m, k->in.rip, k->code, k->code_size);
    k->in.rip -= base_of(m, SEG_CS);
    k->in.vector = NO_FAULT;
    return true;
}

bool case_generate(struct silicon_case *k, uint64_t seed, uint64_t number, const struct row *row,
                   const struct environment *e, const struct profile *p, uint32_t mode) {
    struct maker m = {.k = k, .r = random_start(seed, number), .e = e};
    k->number = number;
    k->row = row;
    for (unsigned tries = 0; tries < 64; tries++) {
        memset(&k->in, 0, sizeof k->in);
        if (attempt(&m, p, mode))
            return true;
    }
    return false;
}
