/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_rounding.c - overflow, underflow and inexactness of one operation, computed exactly from its operands.
 * Needed only where overflow or underflow is unmasked and came up: the host, with all masked, tells the
 * inexactness of its own masked response, but unmasked it is that of the result with an unbounded exponent.
 * SDM Vol. 1, "Numeric Overflow Exception (#O)" and "Numeric Underflow Exception (#U)". */
#include "simd/fp.h"

typedef unsigned __int128 wide;

struct format {
    unsigned precision;
    int least, greatest; /* exponents of normal numbers */
};
static const struct format single_format = {24, -126, 127}, double_format = {53, -1022, 1023};

/* significand * 2^exponent; bit 0 of a computed significand stands for all bits below it */
struct number {
    bool negative, special;
    wide significand;
    int exponent;
};

static struct number unpack(const struct cpu *c, unsigned size, uint64_t bits) {
    unsigned fraction_bits = size == 4 ? 23 : 52, top = size * 8 - 1;
    uint64_t fraction = bits & ((UINT64_C(1) << fraction_bits) - 1);
    unsigned maximum = size == 4 ? 255 : 2047, exponent = (unsigned)(bits >> fraction_bits) & maximum;
    struct number n = {.negative = bits >> top & 1, .special = exponent == maximum};
    if (exponent == 0 && (c->mxcsr & MXCSR_DAZ))
        fraction = 0;
    n.significand = exponent ? fraction | UINT64_C(1) << fraction_bits : fraction;
    n.exponent = (int)(exponent ? exponent : 1) - (int)(maximum / 2) - (int)fraction_bits;
    return n;
}

static int leading(wide v) {
    return v >> 64 ? 127 - __builtin_clzll((uint64_t)(v >> 64)) : 63 - __builtin_clzll((uint64_t)v);
}
static int trailing(wide v) {
    return (uint64_t)v ? __builtin_ctzll((uint64_t)v) : 64 + __builtin_ctzll((uint64_t)(v >> 64));
}
static wide shift_jam(wide v, int by) {
    if (by <= 0)
        return v;
    if (by > 127)
        return v != 0;
    return v >> by | ((v & (((wide)1 << by) - 1)) != 0);
}
static void normalize(struct number *n, int bit) {
    int by = bit - leading(n->significand);
    n->significand <<= by;
    n->exponent -= by;
}

static struct number add(struct number a, struct number b) {
    if (a.significand == 0)
        return b;
    if (b.significand == 0)
        return a;
    enum { TOP = 124 }; /* wider than any product, with room for a carry */
    normalize(&a, TOP);
    normalize(&b, TOP);
    if (a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand)) {
        struct number swap = a;
        a = b;
        b = swap;
    }
    wide lower = shift_jam(b.significand, a.exponent - b.exponent);
    a.significand = a.negative == b.negative ? a.significand + lower : a.significand - lower;
    return a;
}

static uint32_t exceptions(const struct cpu *c, struct number n, const struct format *f) {
    if (n.significand == 0)
        return 0;
    int top = leading(n.significand), least = n.exponent + trailing(n.significand),
        exponent = n.exponent + top;
    int cut = top + 1 - (int)f->precision;
    bool inexact = top - trailing(n.significand) + 1 > (int)f->precision;
    if (cut > 0) {
        unsigned rounding = (c->mxcsr & MXCSR_RC) >> MXCSR_RC_SHIFT;
        wide kept = n.significand >> cut, rest = n.significand & (((wide)1 << cut) - 1),
             middle = (wide)1 << (cut - 1);
        bool up = rounding == 0 ? rest > middle || (rest == middle && (kept & 1))
                                : rounding == (n.negative ? 1 : 2) && rest;
        if (up && kept + 1 == (wide)1 << f->precision)
            exponent++;
    }
    uint32_t precision = inexact ? MXCSR_PE : 0;
    if (exponent > f->greatest)
        return MXCSR_OE | (c->mxcsr & MXCSR_OM ? MXCSR_PE : precision);
    if (exponent < f->least) {
        if (!(c->mxcsr & MXCSR_UM))
            return MXCSR_UE | precision;
        bool lost = least < f->least - (int)f->precision + 1 || c->mxcsr & MXCSR_FTZ;
        return lost ? MXCSR_UE | MXCSR_PE : 0;
    }
    return precision;
}

uint32_t fp_rounding_fma(const struct cpu *c, unsigned size, uint64_t x, uint64_t y, uint64_t z) {
    struct number a = unpack(c, size, x), b = unpack(c, size, y), addend = unpack(c, size, z);
    if (a.special || b.special || addend.special)
        return 0;
    struct number product = {.negative = a.negative != b.negative,
                             .significand = a.significand * b.significand,
                             .exponent = a.exponent + b.exponent};
    return exceptions(c, add(product, addend), size == 4 ? &single_format : &double_format);
}

static uint32_t quotient(const struct cpu *c, unsigned size, uint64_t x, uint64_t y) {
    struct number a = unpack(c, size, x), b = unpack(c, size, y);
    if (a.special || b.special || a.significand == 0 || b.significand == 0)
        return 0;
    normalize(&a, 123);
    normalize(&b, 52);
    struct number n = {.negative = a.negative != b.negative, .exponent = a.exponent - b.exponent};
    n.significand = a.significand / b.significand | (a.significand % b.significand != 0);
    return exceptions(c, n, size == 4 ? &single_format : &double_format);
}

static uint64_t lane(const union vector *v, unsigned size, unsigned i) {
    return size == 4 ? v->d[i] : v->q[i];
}

uint32_t fp_rounding(const struct cpu *c, uint32_t flags, enum fp_kind kind, unsigned size, unsigned count,
                     const union vector *x, const union vector *y) {
    uint64_t one = size == 4 ? 0x3f800000 : UINT64_C(0x3ff0000000000000), sign = UINT64_C(1)
                                                                                 << (size * 8 - 1);
    unsigned half = 16 / size, pairs = half / 2;
    flags &= FP_BEFORE;
    for (unsigned i = 0; i < count; i++) {
        uint64_t a = lane(x, size, i), b = lane(y, size, i);
        if (kind == FP_HADD || kind == FP_HSUB) {
            const union vector *from = i % half < pairs ? x : y;
            unsigned first = i / half * half + i % pairs * 2;
            a = lane(from, size, first);
            b = lane(from, size, first + 1);
        }
        switch (kind) {
        case FP_SUB:
        case FP_HSUB:
            flags |= fp_rounding_fma(c, size, a, one, b ^ sign);
            break;
        case FP_ADDSUB:
            flags |= fp_rounding_fma(c, size, a, one, i & 1 ? b : b ^ sign);
            break;
        case FP_MUL:
            flags |= fp_rounding_fma(c, size, a, b, 0);
            break;
        case FP_DIV:
            flags |= quotient(c, size, a, b);
            break;
        case FP_NARROW: {
            struct number n = unpack(c, 8, a);
            flags |= n.special ? 0 : exceptions(c, n, &single_format);
            break;
        }
        default:
            flags |= fp_rounding_fma(c, size, a, one, b);
            break;
        }
    }
    return flags;
}
