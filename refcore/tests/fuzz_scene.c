/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_scene.c - a random machine's state. Combinations that no processor can be in (CR0.PG without PE, LMA
 * against LME and PG, reserved bits of CRs and EFER) are left out by construction; everything else may be
 * wild. */
#include "cpu/profile.h"
#include "fuzz.h"

#include <string.h>

/* splitmix64 */
uint64_t fuzz_random(struct fuzz_scene *s) {
    uint64_t z = s->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* What general registers, bases and limits hold: addresses at the edges of pages and segments, small numbers,
 * anything. */
uint64_t fuzz_value(struct fuzz_scene *s) {
    static const uint64_t special[] = {0,
                                       1,
                                       2,
                                       8,
                                       0x7f,
                                       0x80,
                                       0xff,
                                       0x7fff,
                                       0xffff,
                                       0x10000,
                                       0x7fffffff,
                                       0x80000000,
                                       0xffffffff,
                                       0x100000000,
                                       0x7fffffffffff,
                                       0x800000000000,
                                       0xffff800000000000,
                                       0x8000000000000000,
                                       0xffffffffffffffff,
                                       0xfee00300,
                                       0xfec00000,
                                       0x3ffffffe};
    static const uint64_t area[] = {
        FUZZ_DATA, FUZZ_DATA, FUZZ_DATA + 0xfe0, FUZZ_CODE,  0xc000,     FUZZ_GDT,   FUZZ_TSS,   FUZZ_TABLES,
        0x400000,  0x800000,  0x820000,          0xc0020000, 0x40020000, 0x3fe20000, 0xffff8000, 0xffe0};
    uint64_t r = fuzz_random(s);
    switch (r & 7) {
    case 0:
        return special[(r >> 8) % (sizeof special / sizeof *special)];
    case 1:
        return r >> 8 & 0xff;
    case 2:
        return fuzz_random(s);
    default:
        return area[r >> 8 & 15] + (r >> 16 & 0x3f);
    }
}

/* ---- control registers ---- */

static const struct {
    uint32_t bit;
    enum feature feature;
    bool usual;
} cr4_bits[] = {
    {CR4_VME, FEATURE_VME, false},    {CR4_PVI, FEATURE_VME, false},
    {CR4_TSD, FEATURE_TSC, false},    {CR4_DE, FEATURE_DE, false},
    {CR4_PSE, FEATURE_PSE, true},     {CR4_MCE, FEATURE_MCE, false},
    {CR4_PGE, FEATURE_PGE, true},     {CR4_PCE, FEATURE_MMX, false},
    {CR4_OSFXSR, FEATURE_FXSR, true}, {CR4_OSXMMEXCPT, FEATURE_SSE, true},
    {CR4_UMIP, FEATURE_UMIP, false},  {CR4_FSGSBASE, FEATURE_FSGSBASE, true},
    {CR4_PCIDE, FEATURE_PCID, false}, {CR4_OSXSAVE, FEATURE_XSAVE, true},
    {CR4_SMEP, FEATURE_SMEP, false},  {CR4_SMAP, FEATURE_SMAP, false},
    {CR4_PKE, FEATURE_PKU, false},
};

static void control(struct fuzz_scene *s) {
    struct refcore_state *t = &s->state;
    bool wide = s->mode >= FUZZ_COMPAT;
    uint32_t cr0_free = CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM;
    t->cr0 = CR0_ET | ((CR0_NE | CR0_WP | (s->head.cr0 & CR0_CD)) ^ (s->head.cr0 & cr0_free));
    if (s->mode != FUZZ_REAL)
        t->cr0 |= CR0_PE;
    if (s->mode >= FUZZ_PAGED || (s->mode == FUZZ_VM86 && s->head.paging >> 7))
        t->cr0 |= CR0_PG;
    for (unsigned i = 0; i < sizeof cr4_bits / sizeof *cr4_bits; i++) {
        if (profile_has(s->profile, cr4_bits[i].feature) &&
            (cr4_bits[i].usual != ((s->head.cr4 & cr4_bits[i].bit) != 0)))
            t->cr4 |= cr4_bits[i].bit;
    }
    if (s->mode >= FUZZ_PAE)
        t->cr4 |= CR4_PAE;
    if (s->mode == FUZZ_LONG5)
        t->cr4 |= CR4_LA57;
    if (!wide)
        t->cr4 &= ~(uint64_t)CR4_PCIDE;
    uint64_t efer = s->head.efer ^ (EFER_SCE | EFER_NXE);
    t->efer = (profile_has(s->profile, FEATURE_SYSCALL) ? efer & EFER_SCE : 0) |
              (profile_has(s->profile, FEATURE_NX) ? efer & EFER_NXE : 0) |
              (profile_has(s->profile, FEATURE_FFXSR) ? efer & EFER_FFXSR : 0);
    if (wide)
        t->efer |= EFER_LME | EFER_LMA;
    else if (profile_has(s->profile, FEATURE_LM) && !(t->cr0 & CR0_PG))
        t->efer |= efer & EFER_LME;
    t->xcr0 = s->profile->xcr0_mask ? 1 | (fuzz_random(s) & 3 ? s->profile->xcr0_mask
                                                              : fuzz_random(s) & 3 & s->profile->xcr0_mask)
                                    : 0;
    t->cr2 = fuzz_value(s);
    t->cr8 = wide ? fuzz_random(s) & fuzz_random(s) & 3 : 0;
    t->pkru = (uint32_t)(fuzz_random(s) & fuzz_random(s));
    for (unsigned i = 0; i < 4; i++)
        t->dr[i] = wide ? fuzz_value(s) : (uint32_t)fuzz_value(s);
    t->dr6 = 0xffff0ff0;
    t->dr7 = 0x400 | (s->head.dr7 & 0x23ff) |
             (uint64_t)(s->head.dr7 & 0xff ? (uint32_t)fuzz_random(s) & 0xffff0000 : 0);
}

/* ---- segments ---- */

static struct refcore_segment segment(uint16_t selector, uint64_t base, uint32_t limit, uint16_t rights) {
    return (struct refcore_segment){
        .selector = selector, .base = base, .limit = limit, .rights = rights, .null = !(selector & ~3)};
}

static void segments(struct fuzz_scene *s) {
    struct refcore_state *t = &s->state;
    bool real = s->mode == FUZZ_REAL, vm = s->mode == FUZZ_VM86;
    bool small = s->mode == FUZZ_PM16 || (s->mode == FUZZ_COMPAT && (s->head.handlers & 8));
    unsigned cpl = real ? 0 : vm ? 3 : s->head.cpl & 3;
    if (cpl == 2)
        cpl = small || s->mode >= FUZZ_LONG ? 0 : 1;
    if (cpl == 1 && (small || s->mode >= FUZZ_LONG))
        cpl = 3;
    t->cpl = (uint8_t)cpl;
    uint16_t code, data;
    if (cpl == 1)
        code = 0xa9, data = 0xb1;
    else if (small)
        code = cpl ? 0xc3 : 0x18, data = cpl ? 0xcb : 0x20;
    else if (s->mode >= FUZZ_LONG)
        code = cpl ? 0x43 : 0x28, data = cpl ? 0x3b : 0x10;
    else
        code = cpl ? 0x33 : 0x08, data = cpl ? 0x3b : 0x10;
    uint16_t dpl = (uint16_t)(cpl << AR_DPL_SHIFT), size = small ? 0 : AR_DB | AR_G;
    uint32_t limit = small ? 0xffff : 0xffffffff;
    for (unsigned i = 0; i < 6; i++) {
        if (real || vm) {
            uint16_t selector = i == SEG_CS                  ? (s->head.handlers & 16 ? FUZZ_CODE >> 4 : 0)
                                : i == SEG_ES || i == SEG_FS ? FUZZ_DATA >> 4
                                                             : 0;
            t->segment[i] = segment(selector, (uint64_t)selector << 4, 0xffff, vm ? 0xf3 : 0x93);
            t->segment[i].null = false;
        } else if (i == SEG_CS) {
            t->segment[i] =
                segment(code, 0, limit, (uint16_t)(0x9b | dpl | (s->mode >= FUZZ_LONG ? AR_L | AR_G : size)));
        } else {
            uint16_t which = i == SEG_FS && fuzz_random(s) % 4 == 0 ? 0 : data;
            t->segment[i] = segment(which, i >= SEG_FS ? FUZZ_DATA : 0, limit, (uint16_t)(0x93 | dpl | size));
        }
    }
    t->segment[SEG_LDTR] = segment(s->mode >= FUZZ_COMPAT ? 0x80 : 0x58, FUZZ_LDT, 0xff, 0x82);
    t->segment[SEG_TR] = segment(0x60, FUZZ_TSS, 0x20ff, small && s->mode == FUZZ_PM16 ? 0x83 : 0x8b);
    t->gdtr_base = FUZZ_GDT;
    t->gdtr_limit = 0xff;
    t->idtr_base = real ? 0 : FUZZ_IDT;
    t->idtr_limit = real ? 0x3ff : s->mode >= FUZZ_COMPAT ? 0xfff : 0x7ff;
    for (unsigned i = 0; i < 8; i++) {
        if (!(s->head.wild >> i & 1))
            continue;
        struct refcore_segment *seg = &t->segment[i];
        uint64_t r = fuzz_random(s);
        seg->rights = (uint16_t)(r & 0xf0ff);
        seg->null = (r >> 16 & 15) == 0;
        seg->selector = (uint16_t)(r >> 32);
        seg->limit = (uint32_t)fuzz_value(s) | (seg->rights & AR_G ? 0xfff : 0);
        seg->base = (uint32_t)fuzz_value(s);
        if (t->efer & EFER_LMA && (i >= SEG_FS))
            seg->base = (uint64_t)((int64_t)(fuzz_value(s) << 16) >> 16);
    }
}

/* ---- registers ---- */

static void registers(struct fuzz_scene *s) {
    struct refcore_state *t = &s->state;
    bool wide = s->mode >= FUZZ_LONG;
    for (unsigned i = 0; i < 16; i++)
        t->gpr[i] = wide || (s->mode == FUZZ_COMPAT && (i & 1)) ? fuzz_value(s)
                    : i < 8                                     ? (uint32_t)fuzz_value(s)
                                                                : 0;
    if (!s->head.stack)
        t->gpr[R_SP] = 0xff00;
    if (s->head.handlers & 32)
        t->gpr[R_CX] &= 0xff;
    uint64_t flags = s->head.flags ^ FLAG_IF;
    t->rflags = FLAG_1 | (flags & 0x3d7fd5 & ~(uint64_t)FLAG_VM) | (s->mode == FUZZ_VM86 ? FLAG_VM : 0);
    if (!profile_has(s->profile, FEATURE_VME))
        t->rflags &= ~(uint64_t)(FLAG_VIF | FLAG_VIP);
    uint64_t r = fuzz_random(s);
    t->fcw = (uint16_t)((r & 1 ? 0x37f : r >> 8) | 0x40);
    t->fsw = (uint16_t)(r & 2 ? 0 : r >> 24);
    t->ftw = (uint8_t)(r & 4 ? 0 : r >> 40);
    t->fop = (uint16_t)(r >> 48 & 0x7ff);
    t->fip = fuzz_value(s);
    t->fdp = fuzz_value(s);
    t->fcs = (uint16_t)fuzz_value(s);
    t->fds = (uint16_t)fuzz_value(s);
    t->mxcsr = r & 8 ? 0x1f80 : (uint32_t)(fuzz_random(s) & 0xffff);
    static const uint16_t exponent[8] = {0, 1, 0x3fff, 0x403e, 0x7ffe, 0x7fff, 0xffff, 0xbfff};
    static const uint64_t significand[4] = {0, 0x8000000000000000, 0xc000000000000000, 1};
    for (unsigned i = 0; i < 8; i++) {
        uint64_t q = fuzz_random(s);
        t->st[i].sign_exponent = q & 1 ? exponent[q >> 1 & 7] : (uint16_t)(q >> 4);
        t->st[i].significand = q >> 20 & 1 ? significand[q >> 21 & 3] : fuzz_random(s);
    }
    static const uint32_t single[8] = {0,          0x3f800000, 0x80000000, 0x7f800000,
                                       0x7fc00000, 0x7f800001, 1,          0x7f7fffff};
    for (unsigned i = 0; i < 16 * 8; i++) {
        uint64_t q = fuzz_random(s);
        uint32_t d = q & 1 ? single[q >> 1 & 7] : (uint32_t)(q >> 32);
        memcpy(&t->ymm[i / 8][i % 8 * 4], &d, 4);
    }
}

/* ---- patches: kind, index, value; whatever is left of the input behind the code ---- */

static const uint32_t msr_index[] = {0x10,       0x1b,       0x174,      0x175,      0x176,      0x1d9,
                                     0x277,      0x6e0,      0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083,
                                     0xc0000084, 0xc0000102, 0xc0000103, 0xc0010015};

static void patch(struct fuzz_scene *s, uint8_t kind, uint8_t index, const uint8_t bytes[8]) {
    struct refcore_state *t = &s->state;
    uint64_t value;
    memcpy(&value, bytes, 8);
    struct refcore_segment *seg = &t->segment[index & 7];
    bool wide = s->mode >= FUZZ_COMPAT;
    switch (kind & 15) {
    case 0:
        memcpy(s->low + FUZZ_GDT + index * 8U, bytes, 8);
        break;
    case 1:
        memcpy(s->low + FUZZ_IDT + index * (wide ? 16U : 8U), bytes, 8);
        break;
    case 2:
        memcpy(s->low + FUZZ_TSS + index, bytes, 8);
        break;
    case 3:
        memcpy(s->low + FUZZ_TABLES + index % 16 * 0x1000U + (index >> 4) * 8U, bytes, 8);
        break; /* the first pages */
    case 4:
        memcpy(s->low + 0x1d000 + index * 8U, bytes, 8);
        break;
    case 5:
        memcpy(s->low + FUZZ_DATA + index * 8U, bytes, 8);
        break;
    case 6:
        memcpy(s->low + index * 16U, bytes, 8);
        break;
    case 7:
        t->gpr[index & (wide ? 15 : 7)] = value;
        break;
    case 8:
        seg->selector = (uint16_t)value;
        seg->rights = (uint16_t)(value >> 16 & 0xf0ff);
        seg->limit = (uint32_t)(value >> 32);
        seg->null = index >> 7;
        break;
    case 9:
        seg->base =
            (t->efer & EFER_LMA) && (index & 4) ? (uint64_t)((int64_t)(value << 16) >> 16) : (uint32_t)value;
        break;
    case 10:
        if (s->msrs < sizeof s->msr / sizeof *s->msr) {
            s->msr[s->msrs].index = index < 0x80 ? msr_index[index & 15] : 0x800U + (index & 0x7f);
            s->msr[s->msrs++].value = value;
        }
        break;
    case 11:
        memcpy(t->ymm[index & 15] + (index & 16), bytes, 8);
        break;
    case 12:
        t->dr[index & 3] = wide ? value : (uint32_t)value;
        break;
    case 13:
        t->gdtr_limit = (uint16_t)value;
        t->idtr_limit = (uint16_t)(value >> 16);
        break;
    case 14:
        t->st[index & 7].significand = value;
        break;
    default:
        memcpy(s->low + (value & 0x3fff8), bytes, 8);
        break;
    }
}

void fuzz_scene(struct fuzz_scene *s, const uint8_t *data, size_t size) {
    memset(s, 0, sizeof *s);
    size_t head = size < FUZZ_HEAD ? size : FUZZ_HEAD;
    memcpy(&s->head, data, head);
    data += head;
    size -= head;
    unsigned profiles_there = 0;
    while (profiles[profiles_there])
        profiles_there++;
    s->profile = profiles[s->head.profile % profiles_there];
    s->mode = s->head.mode % FUZZ_MODES;
    if (s->mode == FUZZ_LONG5 && !profile_has(s->profile, FEATURE_LA57))
        s->mode = FUZZ_LONG;
    if (s->mode >= FUZZ_COMPAT && !profile_has(s->profile, FEATURE_LM))
        s->mode = FUZZ_PAE;
    if (s->mode == FUZZ_PAE && !profile_has(s->profile, FEATURE_PAE))
        s->mode = FUZZ_PAGED;
    s->random = s->head.seed;
    control(s);
    fuzz_tables(s);
    segments(s);
    registers(s);
    size_t code = s->head.code % 0xf00, at = FUZZ_CODE + (s->head.offset & 0xfff);
    code = code < size ? code : size;
    memcpy(s->low + at, data, code);
    s->state.rip = at - s->state.segment[SEG_CS].base;
    if (s->mode < FUZZ_LONG)
        s->state.rip = (uint32_t)s->state.rip;
    for (data += code, size -= code; size >= 10; data += 10, size -= 10)
        patch(s, data[0], data[1], data + 2);
    if (s->mode < FUZZ_COMPAT) {
        for (unsigned i = 0; i < 8; i++)
            s->state.gpr[i] = (uint32_t)s->state.gpr[i];
    }
}
