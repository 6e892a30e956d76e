/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_values.c - where instructions go wrong: limits, neighbours of powers of two, special floating-point
 * values. */
#include "silicon_values.h"

#include <string.h>

struct random random_start(uint64_t seed, uint64_t number) {
    struct random r = {seed * UINT64_C(0x9e3779b97f4a7c15) ^ (number + 1) * UINT64_C(0xd1342543de82ef95)};
    (void)random_bits(&r);
    return r;
}

/* splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators) */
uint64_t random_bits(struct random *r) {
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t value_integer(struct random *r) {
    static const uint64_t edge[] = {
        0,
        1,
        2,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        0x7fffffff,
        0x80000000,
        0xffffffff,
        UINT64_C(0x7fffffffffffffff),
        UINT64_C(0x8000000000000000),
        UINT64_MAX,
        UINT64_C(0xffffffff80000000),
        UINT64_C(0x7fff7fff7fff7fff),
        UINT64_C(0x8000800080008000),
        UINT64_C(0x5555555555555555),
        UINT64_C(0x8080808080808080),
        UINT64_C(0x7f7f7f7f7f7f7f7f),
        UINT64_C(0x0101010101010101),
        UINT64_C(0x8000000080000000),
        UINT64_C(0x7fffffff7fffffff),
    };
    static const uint8_t count[] = {0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128};
    switch (below(r, 8)) {
    case 0:
    case 1:
        return edge[below(r, sizeof edge / sizeof *edge)];
    case 2:
        return (UINT64_C(1) << below(r, 64)) + below(r, 3) - 1;
    case 3:
        return count[below(r, sizeof count)];
    case 4:
        return (random_bits(r) & ~UINT64_C(0xff)) | count[below(r, sizeof count)];
    case 5:
        return (uint64_t)((int64_t)random_bits(r) >> below(r, 64));
    default:
        return random_bits(r);
    }
}

static uint32_t value_single(struct random *r) {
    static const uint32_t edge[] = {
        0,          0x3f800000, 0x40000000, 0x3f000000, 0x7f800000, 0x7fc00000, 0x7f800001,
        0x7fbfffff, 0x00000001, 0x007fffff, 0x00800000, 0x00800001, 0x7f7fffff, 0x4effffff,
        0x4f000000, 0x5f000000, 0x5effffff, 0x3f7fffff, 0x3f800001, 0x40490fdb, 0x4b000001,
        0x4b7fffff, 0x3effffff, 0x3fc00000, 0x40200000, 0x1f000000, 0x20000000, 0x7fffffff,
        0x477fe000, 0x477ff000, 0x33000000, 0x387fc000, 0x38800000, 0x4f800000,
    };
    uint32_t bits = (uint32_t)random_bits(r), sign = bits & 0x80000000;
    switch (below(r, 4)) {
    case 0:
        return sign | edge[below(r, sizeof edge / sizeof *edge)];
    case 1:
        return sign | (0x3f800000 + (below(r, 64) << 23) - (32U << 23)) | (bits & 0x7fffff);
    case 2:
        return sign | (0x3f800000 + (below(r, 24) << 23)) | (bits & 0x700000); /* few bits: exact results */
    default:
        return bits;
    }
}

static uint64_t value_double(struct random *r) {
    static const uint64_t edge[] = {
        0,
        UINT64_C(0x3ff0000000000000),
        UINT64_C(0x4000000000000000),
        UINT64_C(0x7ff0000000000000),
        UINT64_C(0x7ff8000000000000),
        UINT64_C(0x7ff0000000000001),
        UINT64_C(1),
        UINT64_C(0x000fffffffffffff),
        UINT64_C(0x0010000000000000),
        UINT64_C(0x7fefffffffffffff),
        UINT64_C(0x41dfffffffc00000),
        UINT64_C(0x41e0000000000000),
        UINT64_C(0x43e0000000000000),
        UINT64_C(0x43dfffffffffffff),
        UINT64_C(0x47efffffe0000000),
        UINT64_C(0x47efffffefffffff),
        UINT64_C(0x47effffff0000000),
        UINT64_C(0x3810000000000000),
        UINT64_C(0x380fffffffffffff),
        UINT64_C(0x36a0000000000000),
        UINT64_C(0x3fe0000000000000),
        UINT64_C(0x3ff8000000000000),
        UINT64_C(0x4004000000000000),
        UINT64_C(0x4330000000000001),
        UINT64_C(0x3fefffffffffffff),
        UINT64_C(0x3ff0000000000001),
        UINT64_C(0x41efffffffe00000),
        UINT64_C(0x1ff0000000000000),
        UINT64_C(0x7ff4000000000000),
    };
    uint64_t bits = random_bits(r), sign = bits & UINT64_C(0x8000000000000000);
    switch (below(r, 4)) {
    case 0:
        return sign | edge[below(r, sizeof edge / sizeof *edge)];
    case 1:
        return sign |
               (UINT64_C(0x3ff0000000000000) + ((uint64_t)below(r, 128) << 52) - (UINT64_C(64) << 52)) |
               (bits & UINT64_C(0xfffffffffffff));
    case 2:
        return sign | (UINT64_C(0x3ff0000000000000) + ((uint64_t)below(r, 48) << 52)) |
               (bits & UINT64_C(0xe000000000000));
    default:
        return bits;
    }
}

struct x87_register value_extended(struct random *r) {
    static const struct x87_register edge[] = {
        {0, 0},
        {UINT64_C(0x8000000000000000), 0x3fff},
        {UINT64_C(0x8000000000000000), 0x4000},
        {UINT64_C(0x8000000000000000), 0x7fff} /* infinity */,
        {UINT64_C(0xc000000000000000), 0x7fff} /* quiet NaN */,
        {UINT64_C(0x8000000000000001), 0x7fff} /* signalling NaN */,
        {UINT64_C(0xa000000000000000), 0x7fff},
        {1, 0} /* denormal */,
        {UINT64_C(0x7fffffffffffffff), 0},
        {UINT64_C(0x8000000000000000), 0} /* pseudo-denormal */,
        {UINT64_C(0x8000000000000000), 1},
        {UINT64_MAX, 0x7ffe},
        {UINT64_C(0x7fffffffffffffff), 0x4000} /* unnormal */,
        {0, 0x7fff} /* pseudo-infinity */,
        {1, 0x7fff} /* pseudo-NaN */,
        {0, 0x3fff},
        {UINT64_MAX, 0x3ffe},
        {UINT64_C(0x8000000000000001), 0x3fff},
        {UINT64_C(0x8000000000000000), 0x403e} /* 2^63 */,
        {UINT64_C(0x8000000000000000), 0x401e},
        {UINT64_C(0x8000000000000000), 0x400e},
        {UINT64_C(0xfffe000000000000), 0x400d},
        {UINT64_MAX, 0x403d},
        {UINT64_C(0xc000000000000000), 0x3ffe},
        {UINT64_C(0xc90fdaa22168c235), 0x4000},
        {UINT64_C(0xde0b6b3a763ffff0), 0x403a},
        {UINT64_C(0x8000000000000000), 0x3ffe},
    };
    struct x87_register v = {random_bits(r), (uint16_t)random_bits(r)};
    uint16_t sign = v.sign_exponent & 0x8000;
    switch (below(r, 8)) {
    case 0:
    case 1:
        v = edge[below(r, sizeof edge / sizeof *edge)];
        v.sign_exponent |= sign;
        return v;
    case 2:
    case 3:
    case 4:
        v.significand |= UINT64_C(0x8000000000000000);
        v.sign_exponent = (uint16_t)(sign | (0x3fff + below(r, 80) - 16));
        return v;
    case 5:
        v.significand = (v.significand | UINT64_C(0x8000000000000000)) & UINT64_C(0xfc00000000000000);
        v.sign_exponent = (uint16_t)(sign | (0x3fff + below(r, 24) - 4));
        return v;
    case 6:
        v.significand |= UINT64_C(0x8000000000000000);
        v.sign_exponent = (uint16_t)(sign | (one_in(r, 2) ? 0x7ffe - below(r, 70) : 1 + below(r, 70)));
        return v;
    default:
        if (!one_in(r, 8))
            v.significand |= UINT64_C(0x8000000000000000);
        return v;
    }
}

static void element(struct random *r, enum style style, uint8_t *to) {
    uint64_t v = 0;
    switch (style) {
    case STYLE_INTEGER:
        v = value_integer(r);
        break;
    case STYLE_SINGLE:
        v = (uint64_t)value_single(r) << 32 | value_single(r);
        break;
    case STYLE_DOUBLE:
        v = value_double(r);
        break;
    case STYLE_BYTES:
        for (unsigned i = 0; i < 8; i++)
            v = v << 8 | (value_integer(r) & 0xff);
        break;
    case STYLE_TEXT: /* a small alphabet with terminators */
        for (unsigned i = 0; i < 8; i++)
            v = v << 8 | (one_in(r, 12) ? 0 : 0x60 + below(r, 5));
        break;
    default:
        v = random_bits(r);
        break;
    }
    memcpy(to, &v, 8);
}

void value_fill(struct random *r, enum style style, uint8_t *to, unsigned size) {
    uint8_t part[16];
    unsigned step = style == STYLE_EXTENDED || style == STYLE_BCD ? 10 : 8;
    for (unsigned at = 0; at < size; at += step) {
        if (style == STYLE_EXTENDED) {
            struct x87_register v = value_extended(r);
            memcpy(part, &v.significand, 8);
            memcpy(part + 8, &v.sign_exponent, 2);
        } else if (style == STYLE_BCD) {
            for (unsigned i = 0; i < 9; i++)
                part[i] = (uint8_t)(below(r, 10) << 4 | below(r, 10));
            part[9] = one_in(r, 2) ? 0x80 : 0;
        } else {
            element(r, style, part);
        }
        memcpy(to + at, part, size - at < step ? size - at : step);
    }
}

uint32_t value_mxcsr(struct random *r, uint32_t mask) {
    uint32_t v = (uint32_t)random_bits(r) & mask & 0xffff;
    if (!one_in(r, 4))
        v |= 0x1f80;
    if (one_in(r, 2))
        v &= ~0x8040U; /* FZ, DAZ */
    if (one_in(r, 2))
        v &= ~0x3fU;
    return v;
}
