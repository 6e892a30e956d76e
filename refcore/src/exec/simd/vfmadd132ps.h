/* SPDX-License-Identifier: BSD-2-Clause */
/* VFMADD132PS and its family: Fused Multiply-Add, -Subtract, Negative Multiply-Add, -Subtract, Alternating
 * Add/Subtract, of packed and scalar values.  SDM Vol. 2C, "Operation". The digits name the operands
 * multiplied and the one added: in 132 the destination by the third plus the second; 213: the second by the
 * destination plus the third; 231: the second by the third plus the destination. */
enum { FMA_132, FMA_213, FMA_231 };
/* Without the host's instruction. subtract: lanes (by parity) whose addend is negated: bit 0 even, bit 1 odd.
 */
#define FMA_SOFT_LANES(lane)                                                                                 \
    static COLD void fma_lanes_##lane(const struct cpu *c, union vector *to, const union vector *first,      \
                                      const union vector *second, const union vector *third, unsigned count, \
                                      unsigned form, bool negate, unsigned subtract, uint32_t *flags) {      \
        for (unsigned i = 0; i < count; i++) {                                                               \
            __typeof__(to->lane[0]) order[3] = {first->lane[i], second->lane[i], third->lane[i]};            \
            __typeof__(to->lane[0]) x = order[form == FMA_132 ? 0 : 1], y = order[form == FMA_213 ? 0 : 2];  \
            __typeof__(to->lane[0]) z = order[form == FMA_132 ? 1 : form == FMA_213 ? 2 : 0];                \
            to->lane[i] = fma_soft_##lane(x, y, z, negate, subtract >> (i & 1) & 1, fp_control(c), flags);   \
        }                                                                                                    \
    }
#define FMA_ROUNDING(lane, sign)                                                                             \
    static COLD uint32_t fma_rounding_##lane(                                                                \
        const struct cpu *c, uint32_t flags, const union vector *first, const union vector *second,          \
        const union vector *third, unsigned count, unsigned form, bool negate, unsigned subtract) {          \
        flags &= FP_BEFORE;                                                                                  \
        for (unsigned i = 0; i < count; i++) {                                                               \
            __typeof__(first->lane[0]) order[3] = {first->lane[i], second->lane[i], third->lane[i]};         \
            uint64_t x = order[form == FMA_132 ? 0 : 1] ^ (negate ? sign : 0),                               \
                     y = order[form == FMA_213 ? 0 : 2];                                                     \
            uint64_t z = order[form == FMA_132   ? 1                                                         \
                               : form == FMA_213 ? 2                                                         \
                                                 : 0] ^                                                      \
                         (subtract >> (i & 1) & 1 ? sign : 0);                                               \
            flags |= fp_rounding_fma(c, sizeof first->lane[0], x, y, z);                                     \
        }                                                                                                    \
        return flags;                                                                                        \
    }
FMA_ROUNDING(d, UINT32_C(1) << 31)
FMA_ROUNDING(q, UINT64_C(1) << 63)
FMA_SOFT_LANES(d)
FMA_SOFT_LANES(q)
#define FMA_BODY(name, mnemonic, lane, count, form, negate, subtract)                                        \
    SIMD(name) {                                                                                             \
        const union vector *old = &c->v[o->reg];                                                             \
        uint32_t flags = 0;                                                                                  \
        if (LIKELY(FMA_ON_HOST)) {                                                                           \
            for (unsigned h = 0; h < bytes; h += 16) {                                                       \
                xmm x = half_read(old, h), y = half_read(src2, h);                                           \
                xmm second = half_read(src1, h);                                                             \
                FMA_ASM(mnemonic, flags, x, second, y);                                                      \
                half_write(dest, h, x);                                                                      \
            }                                                                                                \
        } else {                                                                                             \
            memcpy(dest, old, bytes);                                                                        \
            fma_lanes_##lane(c, dest, old, src1, src2, count, form, negate, subtract, &flags);               \
        }                                                                                                    \
        flags |= fp_tiny(c, dest, sizeof dest->lane[0], count);                                              \
        if (fp_rounding_unmasked(c, flags))                                                                  \
            flags = fma_rounding_##lane(c, flags, old, src1, src2, count, form, negate, subtract);           \
        fp_finish(c, o, flags);                                                                              \
    }
#define FMA_PACKED(op, digits, negate, subtract)                                                             \
    FMA_BODY(op##digits##PS, #op #digits "ps", d, bytes / 4, FMA_##digits, negate, subtract)                 \
    FORM_VEX_(op##digits##PS, op##digits##PS, bytes)                                                         \
    FMA_BODY(op##digits##PD, #op #digits "pd", q, bytes / 8, FMA_##digits, negate, subtract)                 \
    FORM_VEX_(op##digits##PD, op##digits##PD, bytes)
#define FMA_SCALAR(op, digits, negate, subtract)                                                             \
    FMA_BODY(op##digits##SS, #op #digits "ss", d, 1, FMA_##digits, negate, subtract)                         \
    FORM_VEX128_(op##digits##SS, op##digits##SS, 4)                                                          \
    FMA_BODY(op##digits##SD, #op #digits "sd", q, 1, FMA_##digits, negate, subtract)                         \
    FORM_VEX128_(op##digits##SD, op##digits##SD, 8)
#define FMA_FORMS(kind, op, negate, subtract)                                                                \
    kind(op, 132, negate, subtract) kind(op, 213, negate, subtract) kind(op, 231, negate, subtract)
FMA_FORMS(FMA_PACKED, VFMADD, false, 0)
FMA_FORMS(FMA_SCALAR, VFMADD, false, 0)
FMA_FORMS(FMA_PACKED, VFMSUB, false, 3)
FMA_FORMS(FMA_SCALAR, VFMSUB, false, 3)
FMA_FORMS(FMA_PACKED, VFNMADD, true, 0)
FMA_FORMS(FMA_SCALAR, VFNMADD, true, 0)
FMA_FORMS(FMA_PACKED, VFNMSUB, true, 3)
FMA_FORMS(FMA_SCALAR, VFNMSUB, true, 3)
FMA_FORMS(FMA_PACKED, VFMADDSUB, false, 1)
FMA_FORMS(FMA_PACKED, VFMSUBADD, false, 2)
