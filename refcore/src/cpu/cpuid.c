/* SPDX-License-Identifier: BSD-2-Clause */
/* cpuid.c - CPUID leaves, computed from profile and state. SDM Vol. 2A, CPUID, "Information Returned by CPUID
 * Instruction"; APM Vol. 3, Appendix E, "Obtaining Processor Information Via the CPUID Instruction". */
#include "cpuid.h"

#include <string.h>

enum { EAX, EBX, ECX, EDX };

struct feature_bit {
    uint32_t leaf;
    uint8_t subleaf, reg, bit;
};
static const struct feature_bit feature_bits[FEATURE_COUNT] = {
#define FEATURE(name, leaf, subleaf, reg, bit) [FEATURE_##name] = {leaf, subleaf, reg, bit},
#include "features.def"
#undef FEATURE
};

static void add_features(const struct profile *p, uint32_t leaf, uint32_t subleaf, uint32_t to[4]) {
    for (unsigned f = 1; f < FEATURE_COUNT; f++) {
        const struct feature_bit *b = &feature_bits[f];
        if (b->leaf != 0 && b->leaf == leaf && b->subleaf == subleaf && profile_has(p, (enum feature)f))
            to[b->reg] |= UINT32_C(1) << b->bit;
    }
}

unsigned xsave_size(const struct profile *p, unsigned component) {
    if (component > 62 || !(p->xcr0_mask >> component & 1))
        return 0;
    return component == XSTATE_AVX ? 256 : component == XSTATE_PKRU ? 8 : 0;
}

unsigned xsave_offset(const struct profile *p, unsigned component) {
    if (!xsave_size(p, component))
        return 0;
    if (component == XSTATE_AVX)
        return 576;
    return p->vendor == VENDOR_AMD ? 2432 : 2688; /* Intel leaves room for MPX and AVX-512 */
}

static uint32_t standard_size(const struct profile *p, uint64_t components) {
    uint32_t end = 576;
    for (unsigned i = 2; i < 63; i++)
        if (components >> i & 1) {
            uint32_t last = xsave_offset(p, i) + xsave_size(p, i);
            end = last > end ? last : end;
        }
    return end;
}

static uint32_t compacted_size(const struct profile *p, uint64_t components) {
    uint32_t end = 576;
    for (unsigned i = 2; i < 63; i++)
        if (components >> i & 1)
            end += xsave_size(p, i);
    return end;
}

uint64_t cpu_xinuse(const struct cpu *c) {
    uint64_t in_use = 0;
    const struct x87 *f = &c->x87;
    if (f->control != 0x37f || f->status || f->tags || f->opcode || f->cs || f->ds || f->ip || f->dp)
        in_use |= 1 << XSTATE_X87;
    for (unsigned i = 0; i < 8; i++)
        if (f->r[i].significand || f->r[i].sign_exponent)
            in_use |= 1 << XSTATE_X87;
    for (unsigned i = 0; i < 16; i++) {
        if (c->v[i].q[0] | c->v[i].q[1])
            in_use |= 1 << XSTATE_SSE;
        if (c->v[i].q[2] | c->v[i].q[3])
            in_use |= 1 << XSTATE_AVX;
    }
    if (c->pkru)
        in_use |= 1 << XSTATE_PKRU;
    return in_use & c->profile->xcr0_mask;
}

static void string12(const char *text, uint32_t *a, uint32_t *b, uint32_t *d) {
    memcpy(a, text, 4);
    memcpy(b, text + 4, 4);
    memcpy(d, text + 8, 4);
}

/* Deterministic cache parameters of Intel's server cores: L1D and L1I 32 KiB, L2 1 MiB, L3 1.375 MiB. */
static void cache_leaf(uint32_t subleaf, uint32_t to[4]) {
    static const uint32_t caches[4][4] = {{0x121, 0x01c0003f, 63, 0},
                                          {0x122, 0x01c0003f, 63, 0},
                                          {0x143, 0x03c0003f, 1023, 0},
                                          {0x163, 0x0280003f, 2047, 4}};
    if (subleaf < 4)
        memcpy(to, caches[subleaf], 16);
}

static void leaf_1(const struct cpu *c, uint32_t to[4]) {
    const struct profile *p = c->profile;
    to[EAX] = p->signature;
    to[EBX] = profile_has(p, FEATURE_CLFSH) ? 8U << 8 | 1U << 16 : 0;
    add_features(p, 1, 0, to);
    if (c->cr4 & CR4_OSXSAVE)
        to[ECX] |= 1U << 27;
    if (profile_has(p, FEATURE_PAT) && !(c->apic_base >> 11 & 1))
        to[EDX] &= ~(1U << 9);
    if (p->vendor == VENDOR_INTEL && profile_has(p, FEATURE_MONITOR) && !(c->misc_enable >> 18 & 1))
        to[ECX] &= ~(1U << 3);
}

static void leaf_d(const struct cpu *c, uint32_t subleaf, uint32_t to[4]) {
    const struct profile *p = c->profile;
    if (!profile_has(p, FEATURE_XSAVE))
        return;
    switch (subleaf) {
    case 0:
        to[EAX] = (uint32_t)p->xcr0_mask;
        to[EBX] = standard_size(p, c->xcr0);
        to[ECX] = standard_size(p, p->xcr0_mask);
        to[EDX] = (uint32_t)(p->xcr0_mask >> 32);
        break;
    case 1:
        add_features(p, 13, 1, to);
        if (profile_has(p, FEATURE_XSAVEC) || profile_has(p, FEATURE_XSAVES))
            to[EBX] = compacted_size(p, c->xcr0 | c->xss);
        break;
    default:
        to[EAX] = xsave_size(p, subleaf);
        to[EBX] = xsave_offset(p, subleaf);
        break;
    }
}

static void basic(const struct cpu *c, uint32_t leaf, uint32_t subleaf, uint32_t to[4]) {
    const struct profile *p = c->profile;
    bool intel = p->vendor == VENDOR_INTEL;
    switch (leaf) {
    case 0:
        to[EAX] = p->max_leaf;
        /* IA32_MISC_ENABLE[22], "Limit CPUID Maxval" */
        if (intel && (c->misc_enable >> 22 & 1) && p->max_leaf > 2)
            to[EAX] = 2;
        string12(p->vendor_string, &to[EBX], &to[EDX], &to[ECX]);
        break;
    case 1:
        leaf_1(c, to);
        break;
    case 2:
        if (intel) {
            to[EAX] = 0x76036301;
            to[EBX] = 0x00f0b5ff;
            to[EDX] = 0x00c30000;
        }
        break;
    case 4:
        if (intel)
            cache_leaf(subleaf, to);
        break;
    case 5:
        if (profile_has(p, FEATURE_MONITOR)) {
            to[EAX] = to[EBX] = 64;
            to[ECX] = 3;
        }
        break;
    case 6:
        to[EAX] = 1 << 2;
        break; /* the APIC timer always runs */
    case 7:
        if (subleaf == 0)
            add_features(p, 7, 0, to);
        if (subleaf == 0 && (c->cr4 & CR4_PKE))
            to[ECX] |= 1U << 4; /* OSPKE */
        break;
    case 0xb: /* one thread in one core */
        to[ECX] = (subleaf & 0xff) | (subleaf < 2 ? (subleaf + 1) << 8 : 0);
        to[EBX] = subleaf < 2 ? 1 : 0;
        break;
    case 0xd:
        leaf_d(c, subleaf, to);
        break;
    case 0x15: /* 25 MHz * 40: the counter counts instructions, and claims 1 GHz */
        if (intel) {
            to[EAX] = 1;
            to[EBX] = 40;
            to[ECX] = 25000000;
        }
        break;
    case 0x16:
        if (intel) {
            to[EAX] = to[EBX] = 1000;
            to[ECX] = 100;
        }
        break;
    default:
        break;
    }
}

static void extended(const struct cpu *c, uint32_t leaf, uint32_t to[4]) {
    const struct profile *p = c->profile;
    bool amd = p->vendor == VENDOR_AMD;
    switch (leaf) {
    case 0x80000000:
        to[EAX] = p->max_extended_leaf;
        if (amd)
            string12(p->vendor_string, &to[EBX], &to[EDX], &to[ECX]);
        break;
    case 0x80000001:
        add_features(p, leaf, 0, to);
        if (amd) {
            uint32_t one[4] = {0};
            leaf_1(c, one);
            to[EAX] = p->signature;
            to[EDX] |= one[EDX] & 0x0183f3ff; /* the bits that leaf 1 has as well */
        } else {
            if ((c->mode & MODE_CODE) != MODE_CODE_64)
                to[EDX] &= ~(1U << 11); /* SYSCALL: only in 64-bit mode */
            if (c->misc_enable >> 34 & 1)
                to[EDX] &= ~(1U << 20); /* XD bit disable */
        }
        break;
    case 0x80000002:
    case 0x80000003:
    case 0x80000004: {
        char text[48] = {0};
        size_t length = strlen(p->brand);
        memcpy(text, p->brand, length < 47 ? length : 47);
        memcpy(to, text + 16 * (leaf - 0x80000002), 16);
        break;
    }
    case 0x80000005:
        if (amd) {
            to[EAX] = to[EBX] = 0xff40ff40;
            to[ECX] = to[EDX] = 0x20080140;
        }
        break;
    case 0x80000006:
        to[ECX] = amd ? 0x02006140 : 0x04008040;
        break;
    case 0x80000007:
        to[EDX] = 1 << 8;
        break; /* invariant time-stamp counter */
    case 0x80000008:
        to[EAX] = p->physical_bits | p->linear_bits << 8;
        add_features(p, leaf, 0, to);
        break;
    default:
        break;
    }
}

void cpuid(const struct cpu *c, uint32_t leaf, uint32_t subleaf, uint32_t to[4]) {
    const struct profile *p = c->profile;
    memset(to, 0, 16);
    if (leaf >= 0x80000000 && p->max_extended_leaf && leaf <= p->max_extended_leaf) {
        extended(c, leaf, to);
        return;
    }
    if (leaf > p->max_leaf) {
        /* Beyond the last leaf Intel answers with the highest basic one, AMD with zeros. */
        if (p->vendor == VENDOR_AMD)
            return;
        leaf = p->max_leaf;
    }
    basic(c, leaf, subleaf, to);
}
