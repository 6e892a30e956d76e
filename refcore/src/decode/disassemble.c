/* SPDX-License-Identifier: BSD-2-Clause */
/* disassemble.c - instructions as text, in the manual's operand order, for traces. */
#include "decode.h"
#include "operand.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *at;
    size_t room;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int n = vsnprintf(t->at, t->room, format, list);
    va_end(list);
    size_t used = n < 0 ? 0 : (size_t)n < t->room ? (size_t)n : t->room - 1;
    t->at += used;
    t->room -= used;
}

static const char *const segments[] = {"es", "cs", "ss", "ds", "fs", "gs"};

static void put_register(struct text *t, const struct insn *i, unsigned number, unsigned bits) {
    static const char *const legacy[8] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    static const char *const low[8] = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
    static const char *const high[4] = {"ah", "ch", "dh", "bh"};
    if (number >= 8)
        put(t, "r%u%s", number, bits == 8 ? "b" : bits == 16 ? "w" : bits == 32 ? "d" : "");
    else if (bits == 8)
        put(t, "%s", number >= 4 && !i->rex_present ? high[number - 4] : low[number]);
    else
        put(t, "%s%s", bits == 64 ? "r" : bits == 32 ? "e" : "", legacy[number]);
}

static void put_memory(struct text *t, const struct insn *i, uint64_t rip) {
    put(t, "[");
    if (i->segment_prefix)
        put(t, "%s:", segments[i->segment]);
    const char *plus = "";
    if (i->base == R_BLOCK) {
        put(t, "0x%" PRIx64 "]", rip + i->length + (uint64_t)i->disp);
        return;
    }
    if (i->base != R_ZERO) {
        put_register(t, i, i->base, i->address_bits);
        plus = "+";
    }
    if (i->index != R_ZERO) {
        put(t, "%s", plus);
        put_register(t, i, i->index, i->address_bits);
        put(t, "*%u", 1U << i->scale);
        plus = "+";
    }
    if (i->disp < 0 && *plus)
        put(t, "-0x%" PRIx64, (uint64_t)-i->disp);
    else if (i->disp || !*plus)
        put(t, "%s0x%" PRIx64, plus, (uint64_t)i->disp);
    put(t, "]");
}

/* the width of a general register operand, in bits */
static unsigned width(const struct insn *i, unsigned type) {
    switch (type) {
    case Eb:
    case Gb:
    case Zb:
    case AL:
    case CL:
        return 8;
    case Ew:
    case Gw:
    case AX:
    case DX:
        return 16;
    case Ed:
    case Gd:
    case Rd:
    case Bd:
    case eAX:
        return 32;
    case Eq:
    case Gq:
    case Rq:
    case Bq:
        return 64;
    default:
        return i->operand_bits == 8 ? 32 : i->operand_bits;
    }
}

static void put_operand(struct text *t, const struct insn *i, unsigned type, uint64_t rip) {
    switch (type) {
    case ES_:
    case CS_:
    case SS_:
    case DS_:
    case FS_:
    case GS_:
        put(t, "%s", segments[type - ES_]);
        return;
    case AL:
    case AX:
    case eAX:
    case rAX:
        put_register(t, i, R_AX, width(i, type));
        return;
    case CL:
        put(t, "cl");
        return;
    case DX:
        put(t, "dx");
        return;
    case ONE1:
        put(t, "1");
        return;
    case Ib:
    case sIb:
    case Iw:
    case Iz:
    case Iv:
        put(t, "0x%" PRIx64, i->imm);
        return;
    case Jb:
    case Jz:
        put(t, "0x%" PRIx64, rip + i->length + i->imm);
        return;
    case Ap:
        put(t, "0x%" PRIx64 ":0x%" PRIx64, i->imm >> 32, i->imm & 0xffffffff);
        return;
    case Ob:
    case Ov:
        put(t, "[0x%" PRIx64 "]", i->imm);
        return;
    case Xb:
    case Xv:
    case Xz:
        put(t, "[%s:si]", segments[i->segment]);
        return;
    case Yb:
    case Yv:
    case Yz:
        put(t, "[es:di]");
        return;
    case Gb:
    case Gw:
    case Gd:
    case Gq:
    case Gv:
    case Gy:
    case Gz:
        put_register(t, i, i->reg, width(i, type));
        return;
    case By:
    case Bd:
    case Bq:
        put_register(t, i, i->vvvv, width(i, type));
        return;
    case Zb:
    case Zv:
    case Zq:
    case Zy:
        put_register(t, i, i->rm, width(i, type));
        return;
    case Sw:
        put(t, "%s", i->reg < 6 ? segments[i->reg] : "?");
        return;
    case Cy:
        put(t, "cr%u", i->reg);
        return;
    case Dy:
        put(t, "dr%u", i->reg);
        return;
    case ST0:
        put(t, "st0");
        return;
    case STi:
        put(t, "st%u", i->rm & 7);
        return;
    case Pq:
        put(t, "mm%u", i->reg & 7);
        return;
    default:
        break;
    }
    if (type >= Hx && type <= Hsd)
        put(t, "%cmm%u", i->vex_l ? 'y' : 'x', i->vvvv);
    else if (type >= Vx && type <= Vsd)
        put(t, "%cmm%u", i->vex_l ? 'y' : 'x', i->reg);
    else if (type >= Lx && type <= Ldq)
        put(t, "%cmm%u", i->vex_l ? 'y' : 'x', (unsigned)(i->imm >> 4) & 15);
    else if (i->memory)
        put_memory(t, i, rip);
    else if (type >= Qq && type <= Qd)
        put(t, "mm%u", i->rm & 7);
    else if (type >= Wx && type <= Udq)
        put(t, "%cmm%u", i->vex_l ? 'y' : 'x', i->rm);
    else
        put_register(t, i, i->rm, width(i, type));
}

void disassemble(const struct insn *i, uint64_t rip, char *text, size_t room) {
    struct text t = {text, room};
    if (room == 0)
        return;
    text[0] = 0;
    if (i->lock)
        put(&t, "lock ");
    if (i->row->attributes & A_STRING && i->rep)
        put(&t, "%s ", i->rep == 0xf3 ? "rep" : "repne");
    for (const char *p = i->row->name; *p; p++)
        put(&t, "%c", *p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    for (unsigned k = 0; k < 4 && i->row->operand[k] != __; k++) {
        put(&t, k ? ", " : " ");
        put_operand(&t, i, i->row->operand[k], rip);
    }
}
