/* SPDX-License-Identifier: BSD-2-Clause */
/* PSLLDQ - Shift Double Quadword Left Logical; PSRLDQ - ... Right Logical.  SDM Vol. 2B, "Operation": by
 * bytes, each half apart. */
static inline void shift_bytes(union vector *dest, const union vector *from, unsigned bytes, unsigned count,
                               bool left) {
    if (count > 15)
        count = 16;
    HALVES(h, n)
    for (unsigned i = 0; i < n; i++)
        dest->b[h + i] =
            left ? (i < count ? 0 : from->b[h + i - count]) : (i + count > 15 ? 0 : from->b[h + i + count]);
}
#define SHIFT_BYTES(name, left)                                                                              \
    BOTH(name, {                                                                                             \
        union vector result;                                                                                 \
        shift_bytes(&result, &c->v[o->rm], bytes, IMM8, left);                                               \
        WRITE(vex ? o->vvvv : o->rm, &result);                                                               \
    })
SHIFT_BYTES(PSLLDQ, true)
SHIFT_BYTES(PSRLDQ, false)
