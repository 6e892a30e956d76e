/* SPDX-License-Identifier: BSD-2-Clause */
/* fma_soft.h - one fused multiply-add by libm's correctly rounded fma(), for hosts without FMA: result := x *
 * y + z under an MXCSR value; flags are ORed. Of several NaNs the first of x, y, z is the result. SDM Vol. 1,
 * "Fused-Multiply-ADD (FMA) Numeric Behavior". */
#define FMA_SOFT(name, type, real, call, fraction_bits, top)                                                 \
    static type name(type x, type y, type z, bool negate_product, bool negate_addend, uint32_t control,      \
                     uint32_t *flags) {                                                                      \
        const type sign = (type)1 << top, hidden = (type)1 << fraction_bits;                                 \
        const type infinity = (sign - 1) & ~(hidden - 1), quiet = hidden >> 1;                               \
        bool denormal = false;                                                                               \
        type *operand[3] = {&x, &y, &z}, nan = 0;                                                            \
        for (unsigned i = 3; i-- > 0;)                                                                       \
            if ((*operand[i] & ~sign) > infinity) {                                                          \
                nan = *operand[i] | quiet;                                                                   \
                if (!(*operand[i] & quiet))                                                                  \
                    *flags |= MXCSR_IE;                                                                      \
            }                                                                                                \
        if (nan)                                                                                             \
            return nan;                                                                                      \
        for (unsigned i = 0; i < 3; i++)                                                                     \
            if ((*operand[i] & ~sign) && (*operand[i] & ~sign) < hidden) {                                   \
                if (control & MXCSR_DAZ)                                                                     \
                    *operand[i] &= sign;                                                                     \
                else                                                                                         \
                    denormal = true;                                                                         \
            }                                                                                                \
        if (negate_product)                                                                                  \
            x ^= sign;                                                                                       \
        if (negate_addend)                                                                                   \
            z ^= sign;                                                                                       \
        bool x_infinite = (x & ~sign) == infinity, y_infinite = (y & ~sign) == infinity;                     \
        bool infinite = x_infinite || y_infinite;                                                            \
        if ((x_infinite && !(y & ~sign)) || (y_infinite && !(x & ~sign)) ||                                  \
            (infinite && (z & ~sign) == infinity && ((x ^ y ^ z) & sign))) {                                 \
            *flags |= MXCSR_IE;                                                                              \
            return sign | infinity | quiet;                                                                  \
        }                                                                                                    \
        if (denormal)                                                                                        \
            *flags |= MXCSR_DE;                                                                              \
        volatile real rx, ry, rz, rr;                                                                        \
        memcpy((void *)&rx, &x, sizeof x);                                                                   \
        memcpy((void *)&ry, &y, sizeof y);                                                                   \
        memcpy((void *)&rz, &z, sizeof z);                                                                   \
        uint32_t host, after, guest = control & ~(uint32_t)(MXCSR_DAZ | MXCSR_FTZ);                          \
        __asm__ volatile("stmxcsr %0\n\tldmxcsr %1" : "=&m"(host) : "m"(guest) : "memory");                  \
        rr = call(rx, ry, rz);                                                                               \
        __asm__ volatile("stmxcsr %0\n\tldmxcsr %1" : "=&m"(after) : "m"(host) : "memory");                  \
        after &= MXCSR_OE | MXCSR_UE | MXCSR_PE;                                                             \
        type result;                                                                                         \
        memcpy(&result, (void *)&rr, sizeof result);                                                         \
        bool tiny = (after & MXCSR_UE) || ((result & ~sign) && (result & ~sign) < hidden);                   \
        if (tiny && (control & MXCSR_FTZ)) {                                                                 \
            result &= sign;                                                                                  \
            after |= MXCSR_UE | MXCSR_PE;                                                                    \
        }                                                                                                    \
        *flags |= after;                                                                                     \
        return result;                                                                                       \
    }
FMA_SOFT(fma_soft_d, uint32_t, float, fmaf, 23, 31)
FMA_SOFT(fma_soft_q, uint64_t, double, fma, 52, 63)
