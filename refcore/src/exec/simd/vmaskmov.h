/* SPDX-License-Identifier: BSD-2-Clause */
/* VMASKMOV - Conditional SIMD Packed Loads and Stores; VPMASKMOV - Conditional SIMD Integer Packed Loads and
 * Stores. SDM Vol. 2C, "Operation": by the sign bits of src1. Elements masked off do not fault; no #AC
 * ("Exceptions Type 6"). */
#define MASK_MOVE(name, lane, signed_lane, size)                                                             \
    HANDLER(name) {                                                                                          \
        GUARD_AVX;                                                                                           \
        unsigned bytes = VEX_BYTES;                                                                          \
        const union vector *mask = &c->v[o->vvvv];                                                           \
        union vector result = {.q = {0}};                                                                    \
        for (unsigned i = 0; i < bytes / size; i++)                                                          \
            if (mask->signed_lane[i] < 0)                                                                    \
                result.lane[i] = (element_##lane)element_read(c, o, element_offset(o, EA, size * i), size);  \
        write_vex(c, o->reg, &result, bytes);                                                                \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);                                                                                             \
    HANDLER(name##_STORE) {                                                                                  \
        GUARD_AVX;                                                                                           \
        unsigned bytes = VEX_BYTES;                                                                          \
        const union vector *mask = &c->v[o->vvvv], *value = &c->v[o->reg];                                   \
        for (unsigned i = 0; i < bytes / size; i++)                                                          \
            if (mask->signed_lane[i] < 0)                                                                    \
                probe_without_ac(c, o, element_offset(o, EA, size *i), size);                                \
        for (unsigned i = 0; i < bytes / size; i++)                                                          \
            if (mask->signed_lane[i] < 0)                                                                    \
                element_write(c, o, element_offset(o, EA, size *i), value->lane[i], size);                   \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name##_STORE);
MASK_MOVE(VMASKMOVPS, d, sd, 4)
MASK_MOVE(VMASKMOVPD, q, sq, 8)
MASK_MOVE(VPMASKMOVD, d, sd, 4)
MASK_MOVE(VPMASKMOVQ, q, sq, 8)
