/* SPDX-License-Identifier: BSD-2-Clause */
/* decode.c - bytes to instruction. SDM Vol. 2A, "Instruction Format"; Vol. 2D, "Opcode Map". */
#include "decode.h"
#include "opcode_index.h"
#include "operand.h"

#include <string.h>

enum { LENGTH_LIMIT = 15 };

struct cursor {
    const uint8_t *bytes;
    unsigned size, at;
    enum decode_status status; /* DECODE_OK until a byte could not be had */
};

static uint8_t next_byte(struct cursor *b) {
    if (b->at >= LENGTH_LIMIT) {
        b->status = DECODE_TOO_LONG;
        return 0;
    }
    if (b->at >= b->size) {
        if (b->status == DECODE_OK)
            b->status = DECODE_MORE;
        b->at++;
        return 0;
    }
    return b->bytes[b->at++];
}

static uint64_t next_bytes(struct cursor *b, unsigned count) {
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value |= (uint64_t)next_byte(b) << (8 * i);
    return value;
}

static uint64_t sign_extend(uint64_t value, unsigned bits) {
    return bits >= 64 ? value : (uint64_t)((int64_t)(value << (64 - bits)) >> (64 - bits));
}

/* what the prefixes say; the manual's default sizes by mode */
struct prefixes {
    bool operand, address, lock, rex, vex;
    uint8_t rep, segment;
    bool w, r, x, b, l;
    uint8_t vvvv, vex_pp;
};

static bool operand_is(uint8_t operand, enum operand first, enum operand last) {
    return operand >= first && operand <= last;
}
static bool memory_only(uint8_t t) {
    return operand_is(t, M, Mx) || t == VMx;
}
static bool register_only(uint8_t t) {
    return operand_is(t, Rv, Ry) || t == Nq || t == Ux || t == Udq || t == STi || t == Cy || t == Dy;
}

static bool has_vvvv(const struct row *row) {
    for (unsigned k = 0; k < 4; k++) {
        if (operand_is(row->operand[k], By, Bq) || operand_is(row->operand[k], Hx, Hsd))
            return true;
    }
    return false;
}

static bool modrm_fits(const struct row *row, uint8_t modrm) {
    if (row->modrm == MODRM_NONE)
        return true;
    if (row->modrm & MODRM_EXACT)
        return (row->modrm & 0xff) == modrm;
    unsigned digit = row->modrm & 15;
    if (digit != 0 && digit - 1 != (modrm >> 3 & 7))
        return false;
    bool reg = modrm >= 0xc0;
    if ((row->modrm & MODRM_MEM) == MODRM_MEM && reg)
        return false;
    if ((row->modrm & MODRM_REG) == MODRM_REG && !reg)
        return false;
    for (unsigned k = 0; k < 4; k++) {
        if (memory_only(row->operand[k]) && reg)
            return false;
        /* MOV to and from control and debug registers ignores mod: SDM Vol. 2B, MOV - Move to/from Control
         * Registers */
        bool mod_ignored =
            row->operand[0] == Cy || row->operand[1] == Cy || row->operand[0] == Dy || row->operand[1] == Dy;
        if (register_only(row->operand[k]) && !reg && !mod_ignored)
            return false;
    }
    return true;
}

static const struct row *find_row(const struct profile *p, uint32_t mode, const struct prefixes *x,
                                  unsigned key, uint8_t modrm, unsigned prefix) {
    bool code64 = (mode & MODE_CODE) == MODE_CODE_64;
    bool protected = (mode & (MODE_PE | MODE_VM)) == MODE_PE;
    for (unsigned i = opcode_first[key]; i < opcode_first[key + 1]; i++) {
        const struct row *row = &rows[opcode_rows[i]];
        uint32_t a = row->attributes;
        if (!(row->prefix & prefix) || !modrm_fits(row, modrm))
            continue;
        if (code64 ? (a & A_I64) != 0 : (a & A_O64) != 0)
            continue;
        if (code64 &&
            ((a & A_INTEL64 && p->vendor != VENDOR_INTEL) || (a & A_AMD64 && p->vendor != VENDOR_AMD)))
            continue;
        if ((a & A_W0 && x->w) || (a & A_W1 && !x->w) || (a & A_L0 && x->l) || (a & A_L1 && !x->l))
            continue;
        if (!protected && (a & A_PE || row->map >= MAP_V0F))
            continue;
        if (row->map >= MAP_V0F && !has_vvvv(row) && x->vvvv != 0)
            continue;
        if (!profile_has(p, (enum feature)row->feature)) {
            if (a & A_FALLBACK && prefix != P_NONE && prefix != P_66)
                return find_row(p, mode, x, key, modrm, x->operand ? P_66 : P_NONE);
            continue;
        }
        return row;
    }
    return 0;
}

/* Does any row under this opcode have a ModRM byte? All do or none does, in one mode (a test holds the table
 * to that). */
static bool has_modrm(unsigned key, bool code64) {
    for (unsigned i = opcode_first[key]; i < opcode_first[key + 1]; i++) {
        const struct row *row = &rows[opcode_rows[i]];
        if (row->modrm != MODRM_NONE && !(row->attributes & (code64 ? A_I64 : A_O64)))
            return true;
    }
    return false;
}

/* SDM Vol. 2A, "16-Bit Addressing Forms with the ModR/M Byte" */
static void address_16(struct cursor *b, struct insn *i) {
    static const uint8_t base[8] = {R_BX, R_BX, R_BP, R_BP, R_SI, R_DI, R_BP, R_BX};
    static const uint8_t index[8] = {R_SI, R_DI, R_SI, R_DI, R_ZERO, R_ZERO, R_ZERO, R_ZERO};
    unsigned rm = i->modrm & 7;
    i->base = base[rm];
    i->index = index[rm];
    if (i->mod == 0 && rm == 6) {
        i->base = R_ZERO;
        i->disp = (int64_t)sign_extend(next_bytes(b, 2), 16);
    } else if (i->mod == 1) {
        i->disp = (int64_t)sign_extend(next_byte(b), 8);
    } else if (i->mod == 2) {
        i->disp = (int64_t)sign_extend(next_bytes(b, 2), 16);
    }
    if (i->base == R_BP)
        i->segment = SEG_SS;
}

/* SDM Vol. 2A, "32-Bit Addressing Forms with the ModR/M Byte" and "... with the SIB Byte"; 64-bit mode:
 * "Encoding of 64-Bit Mode" in the section on REX. */
static void address_32(struct cursor *b, const struct prefixes *x, bool code64, struct insn *i) {
    unsigned rm = i->modrm & 7;
    bool sib = rm == 4;
    if (sib) {
        uint8_t s = next_byte(b);
        i->scale = s >> 6;
        i->index = (uint8_t)((s >> 3 & 7) | (x->x ? 8 : 0));
        if (i->index == 4)
            i->index = R_ZERO;
        rm = s & 7;
    }
    if (rm == 5 && i->mod == 0) {
        i->base = !sib && code64 ? R_BLOCK : R_ZERO;
        i->disp = (int64_t)sign_extend(next_bytes(b, 4), 32);
        return;
    }
    i->base = (uint8_t)(rm | (x->b ? 8 : 0));
    if (i->base == R_SP || i->base == R_BP)
        i->segment = SEG_SS;
    if (i->mod == 1)
        i->disp = (int64_t)sign_extend(next_byte(b), 8);
    else if (i->mod == 2)
        i->disp = (int64_t)sign_extend(next_bytes(b, 4), 32);
}

static void read_immediates(struct cursor *b, const struct row *row, bool code64, struct insn *i) {
    unsigned z = i->operand_bits == 16 ? 16 : 32;
    for (unsigned k = 0; k < 4; k++) {
        uint64_t value = 0;
        unsigned bits = 0;
        switch (row->operand[k]) {
        case Ib:
        case Lx:
        case Ldq:
            bits = 8;
            value = next_byte(b);
            break;
        case sIb:
            bits = 8;
            value = sign_extend(next_byte(b), 8);
            break;
        case Iw:
            bits = 16;
            value = next_bytes(b, 2);
            break;
        case Iz:
            bits = z;
            value = sign_extend(next_bytes(b, z / 8), z);
            break;
        case Iv:
            bits = i->operand_bits;
            value = sign_extend(next_bytes(b, bits / 8), bits);
            break;
        case Jb:
            bits = 8;
            value = sign_extend(next_byte(b), 8);
            break;
        case Jz:
            /* in 64-bit mode 32 bits unless the operand size really is 16 (AMD) */
            bits = code64 && i->operand_bits != 16 ? 32 : z;
            value = sign_extend(next_bytes(b, bits / 8), bits);
            break;
        case Ap:
            bits = z;
            value = next_bytes(b, z / 8);
            value |= next_bytes(b, 2) << 32;
            break;
        case Ob:
        case Ov:
            bits = i->address_bits;
            value = next_bytes(b, bits / 8);
            i->memory = true;
            break;
        default:
            continue;
        }
        i->imm = i->imm_bits ? (i->imm | value << i->imm_bits) : value;
        i->imm_bits = (uint8_t)(i->imm_bits + bits);
    }
}

/* The legacy and REX prefixes. SDM Vol. 2A, "Instruction Prefixes", "REX Prefixes". Returns the first byte
 * after them. */
static uint8_t read_prefixes(struct cursor *b, bool code64, struct prefixes *x) {
    for (;;) {
        uint8_t byte = next_byte(b);
        if (b->status != DECODE_OK)
            return 0;
        if (code64 && (byte & 0xf0) == 0x40) {
            x->rex = true;
            x->w = byte & 8;
            x->r = byte & 4;
            x->x = byte & 2;
            x->b = byte & 1;
            continue;
        }
        switch (byte) {
        case 0x66:
            x->operand = true;
            break;
        case 0x67:
            x->address = true;
            break;
        case 0xf0:
            x->lock = true;
            break;
        case 0xf2:
        case 0xf3:
            x->rep = byte;
            break;
        case 0x26:
            x->segment = code64 ? x->segment : SEG_ES + 1;
            break;
        case 0x2e:
            x->segment = code64 ? x->segment : SEG_CS + 1;
            break;
        case 0x36:
            x->segment = code64 ? x->segment : SEG_SS + 1;
            break;
        case 0x3e:
            x->segment = code64 ? x->segment : SEG_DS + 1;
            break;
        case 0x64:
            x->segment = SEG_FS + 1;
            break;
        case 0x65:
            x->segment = SEG_GS + 1;
            break;
        default:
            return byte;
        }
        /* a REX prefix counts only right before the opcode */
        x->rex = x->w = x->r = x->x = x->b = false;
    }
}

/* SDM Vol. 2A, "Intel AVX: VEX prefix". Answers the opcode map, or -1 if reserved. */
static int read_vex(struct cursor *b, bool code64, uint8_t first, struct prefixes *x) {
    static const uint8_t rep[4] = {0, 0, 0xf3, 0xf2};
    int map = MAP_V0F;
    uint8_t payload = next_byte(b);
    x->vex = true;
    x->r = code64 && !(payload & 0x80);
    if (first == 0xc4) {
        x->x = code64 && !(payload & 0x40);
        x->b = code64 && !(payload & 0x20);
        switch (payload & 31) {
        case 1:
            map = MAP_V0F;
            break;
        case 2:
            map = MAP_V0F38;
            break;
        case 3:
            map = MAP_V0F3A;
            break;
        default:
            map = -1;
            break;
        }
        payload = next_byte(b);
        x->w = payload & 0x80;
    }
    x->vvvv = (uint8_t)(~payload >> 3 & 15);
    x->l = payload & 4;
    x->vex_pp = payload & 3;
    x->rep = rep[payload & 3];
    x->operand = (payload & 3) == 1;
    return map;
}

static unsigned effective_prefix(const struct prefixes *x) {
    return x->rep == 0xf3 ? P_F3 : x->rep == 0xf2 ? P_F2 : x->operand ? P_66 : P_NONE;
}

/* SDM Vol. 1, "Operand-Size and Address-Size Attributes"; "64-Bit Mode": REX.W before 66h */
static uint8_t operand_bits(const struct profile *p, uint32_t mode, const struct prefixes *x,
                            const struct row *row) {
    uint32_t a = row->attributes;
    if (a & A_BYTE)
        return 8;
    bool prefix = x->operand && (row->prefix != P_66) && !x->vex;
    switch (mode & MODE_CODE) {
    case MODE_CODE_64:
        if (x->w && !(a & A_F64 && prefix && p->choice.branch_operand16_long && 0))
            return 64;
        if (a & A_F64)
            return prefix && p->choice.branch_operand16_long ? 16 : 64;
        if (a & A_D64)
            return prefix ? 16 : 64;
        return prefix ? 16 : 32;
    case MODE_CODE_32:
        return prefix ? 16 : 32;
    default:
        return x->vex ? 32 : prefix ? 32 : 16;
    }
}

enum decode_status decode(const struct profile *p, uint32_t mode, const uint8_t *bytes, unsigned size,
                          struct insn *to) {
    struct cursor b = {bytes, size, 0, DECODE_OK};
    struct prefixes x = {0};
    bool code64 = (mode & MODE_CODE) == MODE_CODE_64;
    memset(to, 0, sizeof *to);
    to->base = to->index = R_ZERO;
    to->segment = SEG_DS;

    uint8_t byte = read_prefixes(&b, code64, &x);
    if (b.status != DECODE_OK)
        return b.status;
    int map = MAP_1;
    if (byte == 0xc4 || byte == 0xc5) {
        /* outside 64-bit mode a first payload byte of mod = 3 tells VEX from LES and LDS */
        bool vex = code64;
        if (!code64) {
            if (b.at < size) {
                vex = bytes[b.at] >= 0xc0;
            } else {
                (void)next_byte(&b);
                return b.status;
            }
        }
        if (vex) {
            bool refused = x.rex || x.operand || x.rep || x.lock;
            map = read_vex(&b, code64, byte, &x);
            byte = next_byte(&b);
            if (b.status != DECODE_OK)
                return b.status;
            if (refused || map < 0)
                return DECODE_UNDEFINED;
        }
    }
    if (map == MAP_1 && byte == 0x0f) {
        map = MAP_0F;
        byte = next_byte(&b);
        if (byte == 0x38 || byte == 0x3a) {
            map = byte == 0x38 ? MAP_0F38 : MAP_0F3A;
            byte = next_byte(&b);
        }
        if (b.status != DECODE_OK)
            return b.status;
    }
    unsigned key = (unsigned)map * 256 + byte;
    to->opcode = byte;
    bool modrm = has_modrm(key, code64);
    if (map == MAP_0F && (byte == 0xb9 || byte == 0xff) && p->choice.ud_without_modrm)
        return DECODE_UNDEFINED;
    if (modrm) {
        to->modrm = next_byte(&b);
        if (b.status != DECODE_OK)
            return b.status;
    }
    const struct row *row = find_row(p, mode, &x, key, to->modrm, effective_prefix(&x));
    if (!row)
        return DECODE_UNDEFINED;
    if (map == MAP_V0F3A && (byte == 0x16 || byte == 0x22) && !code64 && x.w &&
        p->choice.vex_w1_pextrd_reserved)
        return DECODE_UNDEFINED;

    to->row = row;
    to->row_index = (uint16_t)(row - rows);
    to->operand_bits = operand_bits(p, mode, &x, row);
    to->address_bits = code64                                              ? (x.address ? 32 : 64)
                       : ((mode & MODE_CODE) == MODE_CODE_32) != x.address ? 32
                                                                           : 16;
    to->lock = x.lock;
    to->rex_present = x.rex;
    to->operand_prefix = x.operand;
    to->address_prefix = x.address;
    to->vex = x.vex;
    to->vex_l = x.l;
    to->w = x.w;
    to->rep = x.rep;
    to->segment_prefix = x.segment;
    if (modrm && row->modrm != MODRM_NONE) {
        bool mod_ignored = operand_is(row->operand[0], Cy, Dy) || operand_is(row->operand[1], Cy, Dy);
        to->mod = mod_ignored ? 3 : to->modrm >> 6;
        to->reg = (uint8_t)((to->modrm >> 3 & 7) | (x.r ? 8 : 0));
        to->rm = (uint8_t)((to->modrm & 7) | (x.b ? 8 : 0));
        to->memory = to->mod != 3;
        if (to->memory) {
            if (to->address_bits == 16)
                address_16(&b, to);
            else
                address_32(&b, &x, code64, to);
        }
        for (unsigned k = 0; k < 4; k++) {
            if (row->operand[k] == VMx) {
                /* VSIB: a SIB byte is required, and its index names a vector register */
                if ((to->modrm & 7) != 4 || to->address_bits == 16)
                    return b.status != DECODE_OK ? b.status : DECODE_UNDEFINED;
                if (to->index == R_ZERO)
                    to->index = 4;
            }
            if (row->operand[k] == Sw && (x.r || (to->modrm >> 3 & 7) > SEG_GS))
                to->reg = to->modrm >> 3 & 7; /* REX.R is ignored for segment registers */
        }
    } else {
        to->rm = to->reg = (uint8_t)((byte & 7) | (x.b ? 8 : 0));
    }
    /* outside 64-bit mode the top bit of a register in vvvv is ignored, but 1111b means all four bits */
    to->vvvv = has_vvvv(row) && x.vex ? x.vvvv & (code64 ? 15 : 7) : to->reg;
    read_immediates(&b, row, code64, to);
    if (b.status != DECODE_OK)
        return b.status;
    if (x.segment)
        to->segment = (uint8_t)(x.segment - 1);
    else if (code64 && to->segment != SEG_SS)
        to->segment = SEG_DS;
    to->length = (uint8_t)b.at;
    if (x.lock) {
        bool destination = to->memory && (row->attributes & A_LOCK);
        /* LOCK MOV to and from CR0 names CR8, in every mode: APM Vol. 3, MOV CRn. Not with REX.R: #UD (AMD,
         * measured) */
        bool names_cr8 =
            (row->operand[0] == Cy || row->operand[1] == Cy) && profile_has(p, FEATURE_CR8_LEGACY) && !x.r;
        if (names_cr8)
            to->reg |= 8;
        else if (!destination)
            return DECODE_UNDEFINED;
    }
    return DECODE_OK;
}
