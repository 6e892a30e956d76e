/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_encode.c - SDM Vol. 2A, "Instruction Format". */
#include "silicon_encode.h"
#include "decode/operand.h"

bool row_has_operand(const struct row *row, int operand) {
    for (unsigned k = 0; k < 4; k++) {
        if (row->operand[k] == operand)
            return true;
    }
    return false;
}

static bool is_vex(const struct row *row) {
    return row->map >= MAP_V0F;
}
static bool wants_memory(const struct row *row) {
    bool memory = (row->modrm & MODRM_MEM) == MODRM_MEM && !(row->modrm & MODRM_EXACT);
    for (unsigned k = 0; k < 4; k++)
        memory = memory || (row->operand[k] >= M && row->operand[k] <= Mx) || row->operand[k] == VMx;
    return memory;
}
static bool wants_register(const struct row *row) {
    bool reg = (row->modrm & MODRM_REG) == MODRM_REG;
    for (unsigned k = 0; k < 4; k++) {
        int t = row->operand[k];
        reg = reg || (t >= Rv && t <= Ry) || t == Nq || t == Ux || t == Udq || t == STi;
    }
    return reg;
}
static bool has_vvvv(const struct row *row) {
    for (unsigned k = 0; k < 4; k++) {
        int t = row->operand[k];
        if ((t >= By && t <= Bq) || (t >= Hx && t <= Hsd))
            return true;
    }
    return false;
}

static void put(struct encoding *e, unsigned *at, unsigned byte) {
    e->bytes[(*at)++] = (uint8_t)byte;
}

static uint8_t mandatory(struct random *r, const struct row *row) {
    static const uint8_t byte[4] = {0, 0x66, 0xf3, 0xf2};
    unsigned k;
    if (row->prefix == P_ANY || row->prefix == P_NOREP || row->prefix == (P_NOREP | P_F2)) {
        if (row->attributes & A_STRING && one_in(r, 2))
            return one_in(r, 2) ? 0xf3 : 0xf2;
        if (row->prefix == P_ANY && one_in(r, 32))
            return one_in(r, 2) ? 0xf3 : 0xf2;
        return 0; /* 66h is added as the operand size */
    }
    do {
        k = below(r, 4);
    } while (!(row->prefix >> k & 1));
    return byte[k];
}

static void legacy_prefixes(struct random *r, const struct row *row, enum kind kind, bool memory,
                            struct encoding *e, unsigned *at) {
    uint8_t set[6];
    unsigned n = 0;
    bool operand_size = !is_vex(row) && row->prefix != P_NONE && row->prefix != P_66 &&
                        one_in(r, kind == SEGMENTED_16 ? 2 : 4);
    uint8_t first = is_vex(row) ? 0 : mandatory(r, row);
    if (first)
        set[n++] = first;
    if (operand_size && first != 0x66)
        set[n++] = 0x66;
    if (one_in(r, kind == SEGMENTED_16 ? 3 : 10)) {
        set[n++] = 0x67;
        e->address_prefix = true;
    }
    if (one_in(r, 8)) {
        static const uint8_t segments[] = {0x26, 0x2e, 0x36, 0x3e, 0x65, 0x64};
        set[n++] = segments[below(r, kind == LONG_64 ? 6 : 4)];
    }
    if (!is_vex(row)) {
        bool valid = memory && row->attributes & A_LOCK;
        if (one_in(r, valid ? 4 : 100)) {
            set[n++] = 0xf0;
            e->spoiled = !valid;
        }
    }
    while (n) {
        unsigned k = below(r, n);
        put(e, at, set[k]);
        set[k] = set[--n];
    }
}

static void vex_prefix(struct random *r, const struct row *row, enum kind kind, struct encoding *e,
                       unsigned *at) {
    uint32_t a = row->attributes;
    bool code64 = kind == LONG_64;
    unsigned pp = row->prefix == P_66 ? 1 : row->prefix == P_F3 ? 2 : row->prefix == P_F2 ? 3 : 0;
    bool w = a & A_W0 ? false : a & A_W1 ? true : one_in(r, 2);
    bool l = a & A_L0 ? false : a & A_L1 ? true : one_in(r, 2);
    bool no_r = !code64 || one_in(r, 2), no_x = !code64 || one_in(r, 2), no_b = !code64 || one_in(r, 2);
    unsigned vvvv = has_vvvv(row) ? below(r, 16) : 15;
    if (!code64)
        vvvv |= 8; /* C5 with bit 6 clear is LDS */
    if (one_in(r, 200)) {
        vvvv ^= 1;
        e->spoiled = true;
    }
    if (row->map == MAP_V0F && !w && no_x && no_b && one_in(r, 2)) {
        put(e, at, 0xc5);
        put(e, at, (unsigned)no_r << 7 | vvvv << 3 | (unsigned)l << 2 | pp);
        return;
    }
    put(e, at, 0xc4);
    put(e, at,
        (unsigned)no_r << 7 | (unsigned)no_x << 6 | (unsigned)no_b << 5 | (unsigned)(row->map - MAP_V0F + 1));
    put(e, at, (unsigned)w << 7 | vvvv << 3 | (unsigned)l << 2 | pp);
}

static void modrm_bytes(struct random *r, const struct row *row, enum kind kind, struct encoding *e,
                        unsigned *at, bool memory) {
    bool a16 = kind != LONG_64 && (kind == SEGMENTED_16) != e->address_prefix;
    if (row->modrm & MODRM_EXACT) {
        put(e, at, row->modrm & 0xff);
        return;
    }
    unsigned digit = row->modrm & 15, reg = digit ? digit - 1 : below(r, 8), rm = below(r, 8);
    unsigned mod = memory ? below(r, 3) : 3;
    if (row_has_operand(row, VMx))
        rm = 4;
    put(e, at, mod << 6 | reg << 3 | rm);
    if (mod == 3)
        return;
    if (a16) {
        e->disp_size = mod == 1 ? 1 : mod == 2 || rm == 6 ? 2 : 0;
    } else {
        unsigned base = rm;
        if (rm == 4) {
            unsigned sib = (unsigned)random_bits(r) & 0xff;
            base = sib & 7;
            put(e, at, sib);
        }
        e->disp_size = mod == 1 ? 1 : mod == 2 || base == 5 ? 4 : 0;
    }
    e->disp_at = *at;
    uint32_t disp = (uint32_t)(one_in(r, 2) ? below(r, 0x2000) - 0x1000U : below(r, 512) - 256U);
    for (unsigned i = 0; i < e->disp_size; i++)
        put(e, at, disp >> (8 * i) & 0xff);
}

struct encoding encode(struct random *r, const struct row *row, enum kind kind) {
    static const uint8_t edge[] = {0, 1, 0x7f, 0x80, 0xff, 8, 16, 31, 32, 63, 64};
    struct encoding e = {0};
    unsigned at = 0;
    bool memory = row->modrm != MODRM_NONE && !(row->modrm & MODRM_EXACT) &&
                  (wants_memory(row) || (!wants_register(row) && one_in(r, 2)));
    legacy_prefixes(r, row, kind, memory, &e, &at);
    if (is_vex(row)) {
        vex_prefix(r, row, kind, &e, &at);
    } else {
        if (kind == LONG_64) {
            unsigned rex = 0x40 | ((unsigned)random_bits(r) & 7) | (one_in(r, 3) ? 8 : 0);
            if (row->attributes & A_W1)
                rex |= 8;
            if (row->attributes & A_W0)
                rex &= ~8U;
            if (row->attributes & A_W1 || !one_in(r, 3))
                put(&e, &at, rex);
        }
        if (row->map != MAP_1)
            put(&e, &at, 0x0f);
        if (row->map == MAP_0F38 || row->map == MAP_0F3A)
            put(&e, &at, row->map == MAP_0F38 ? 0x38 : 0x3a);
    }
    put(&e, &at, row->opcode);
    e.opcode_end = at;
    if (row->modrm != MODRM_NONE)
        modrm_bytes(r, row, kind, &e, &at, memory);
    while (at < sizeof e.bytes)
        put(&e, &at, one_in(r, 2) ? edge[below(r, sizeof edge)] : (unsigned)random_bits(r) & 0xff);
    return e;
}
