/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVSS, MOVSD - Move or Merge Scalar Values.  SDM Vol. 2B, "Operation": a load clears the rest, a register
 * source merges. */
#define MOVE_SCALAR(name, lane, size)                                                                        \
    BOTH(name, {                                                                                             \
        union vector result = {.q = {0}};                                                                    \
        if (o->bits & OP_MEMORY) {                                                                           \
            result.q[0] = load_size(c, o, EA, size);                                                         \
        } else {                                                                                             \
            result = c->v[o->vvvv];                                                                          \
            result.lane[0] = c->v[o->rm].lane[0];                                                            \
        }                                                                                                    \
        WRITE128(o->reg, &result);                                                                           \
    })                                                                                                       \
    BOTH(name##_STORE, {                                                                                     \
        if (o->bits & OP_MEMORY) {                                                                           \
            store_size(c, o, EA, c->v[o->reg].lane[0], size);                                                \
        } else {                                                                                             \
            union vector result = c->v[vex ? o->vvvv : o->rm];                                               \
            result.lane[0] = c->v[o->reg].lane[0];                                                           \
            WRITE128(o->rm, &result);                                                                        \
        }                                                                                                    \
    })
MOVE_SCALAR(MOVSS, d, 4)
MOVE_SCALAR(MOVSD, q, 8)
