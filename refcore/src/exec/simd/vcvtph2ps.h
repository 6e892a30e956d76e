/* SPDX-License-Identifier: BSD-2-Clause */
/* VCVTPH2PS - Convert 16-bit FP Values to Single Precision; VCVTPS2PH - Convert Single Precision to 16-bit FP
 * Values.  SDM Vol. 2C, "Operation". Half denormals are neither flagged nor flushed (DAZ and FTZ do not apply
 * to them); #AC where enabled, for silicon raises it, though "Exceptions Type 11" has none. */
static uint32_t half_to_single(uint16_t half, uint32_t *flags) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 0x3ff;
    if (exponent == 31) {
        if (fraction && !(fraction & 0x200))
            *flags |= MXCSR_IE;
        return sign | 0x7f800000 | (fraction ? 0x400000 | fraction << 13 : 0);
    }
    if (exponent == 0) {
        if (fraction == 0)
            return sign;
        unsigned shift = (unsigned)__builtin_clz(fraction) - 21; /* to bring the leading one to bit 10 */
        return sign | (113 - shift) << 23 | (fraction << shift & 0x3ff) << 13;
    }
    return sign | (exponent + 112) << 23 | fraction << 13;
}
/* rounding: 0 nearest, 1 down, 2 up, 3 to zero, as MXCSR.RC. #P where overflow or underflow is unmasked: as
 * in simd_rounding.c. */
static uint16_t single_to_half(uint32_t single, unsigned rounding, uint32_t mxcsr, uint32_t *flags) {
    uint16_t sign = (uint16_t)(single >> 16 & 0x8000);
    uint32_t exponent = single >> 23 & 255, fraction = single & 0x7fffff;
    bool negative = sign != 0, away = rounding == (negative ? 1 : 2);
    if (exponent == 255) {
        if (fraction && !(fraction & 0x400000))
            *flags |= MXCSR_IE;
        return (uint16_t)(sign | 0x7c00 | (fraction ? 0x200 | fraction >> 13 : 0));
    }
    if (exponent == 0) {
        if (fraction == 0 || mxcsr & MXCSR_DAZ)
            return sign;
        *flags |= MXCSR_DE;
    }
    uint32_t significand = exponent ? fraction | 0x800000 : fraction;
    int power = (int)(exponent ? exponent : 1) - 127; /* of the significand's bit 23 */
    /* Tininess is found after rounding to 11 bits with an unbounded exponent. */
    unsigned dropped = 13;
    uint32_t kept = significand >> dropped, rest = significand & 0x1fff;
    bool tiny = power < -14;
    bool inexact = 31 - __builtin_clz(significand) - __builtin_ctz(significand) + 1 > 11;
    if (power == -15 && exponent) {
        bool up = rounding == 0 ? rest > 0x1000 || (rest == 0x1000 && (kept & 1)) : away && rest;
        tiny = !(kept == 0x7ff && up);
    }
    if (power < -14) {
        dropped += (unsigned)(-14 - power);
        if (dropped > 25)
            dropped = 25; /* all of it, below half a unit */
        kept = significand >> dropped;
        rest = significand & ((1U << dropped) - 1);
    }
    uint32_t middle = 1U << (dropped - 1);
    bool up = rounding == 0 ? rest > middle || (rest == middle && (kept & 1)) : away && rest;
    kept += up;
    if (tiny && (rest || !(mxcsr & MXCSR_UM)))
        *flags |= MXCSR_UE;
    if (tiny && !(mxcsr & MXCSR_UM) ? inexact : rest)
        *flags |= MXCSR_PE;
    if (power < -14)
        return (uint16_t)(sign | kept); /* a carry makes the smallest normal */
    uint32_t result = ((uint32_t)(power + 15) << 10) + (kept - 0x400);
    if (result >= 0x7c00) {
        *flags |= mxcsr & MXCSR_OM ? MXCSR_OE | MXCSR_PE : MXCSR_OE;
        return (uint16_t)(sign | (rounding == 0 || away ? 0x7c00 : 0x7bff));
    }
    return (uint16_t)(sign | result);
}
SIMD(VCVTPH2PS) {
    uint32_t flags = 0;
    EACH(d)
    dest->d[i] = half_to_single(src2->w[i], &flags);
    fp_finish(c, o, flags);
}
FORM_VEX_(VCVTPH2PS, VCVTPH2PS, (bytes / 2))
HANDLER(VCVTPS2PH) {
    GUARD_AVX;
    unsigned bytes = VEX_BYTES, rounding = IMM8 & 4 ? (c->mxcsr & MXCSR_RC) >> MXCSR_RC_SHIFT : IMM8 & 3;
    union vector result = {.q = {0}};
    uint32_t flags = 0;
    for (unsigned i = 0; i < bytes / 4; i++)
        result.w[i] = single_to_half(c->v[o->reg].d[i], rounding, c->mxcsr, &flags);
    if (o->bits & OP_MEMORY)
        mem_probe_write(c, o, o->seg, EA, bytes / 2); /* before #XM: silicon */
    fp_check(c, o, flags);
    if (o->bits & OP_MEMORY)
        vector_store(c, o, &result, bytes / 2, ALIGN_NONE);
    else
        write_vex(c, o->rm, &result, bytes / 2);
    fp_accrue(c, flags);
    NEXT;
}
ENTRY(VCVTPS2PH);
