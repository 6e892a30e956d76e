/* SPDX-License-Identifier: BSD-2-Clause */
/* Shapes of the functions: ST(0) := f(ST(0)); ST(0) := f(ST(0), ST(1)); ST(1) := f(ST(1), ST(0)) and pop; f(ST(0)) and push. `conditions`
 * are the condition codes the operation sets besides C1. */
#define X87_CONDITIONS_SET(conditions)                                                                       \
    (c->x87.status = (uint16_t)((c->x87.status & ~(conditions)) | (status & (conditions))))

static inline bool x87_is_nan(const struct x87_register *r) {
    return (r->sign_exponent & 0x7fff) == 0x7fff && r->significand << 1 != 0;
}

#define X87_UNARY(NAME, text, conditions)                                                                    \
    HOST_UNARY(host_##NAME, text)                                                                            \
    HANDLER(NAME) {                                                                                          \
        X87_START;                                                                                           \
        struct x87_register result = x87_indefinite;                                                         \
        if (x87_empty(c, 0)) {                                                                               \
            c->x87.status &= (uint16_t) ~((conditions)&X87_C2);                                              \
            if (x87_underflow(c))                                                                            \
                x87_set(c, 0, x87_indefinite);                                                               \
            NEXT;                                                                                            \
        }                                                                                                    \
        uint16_t status = host_##NAME(c->x87.control, ST(0), &result);                                       \
        if (x87_completes(c, status)) {                                                                      \
            x87_set(c, 0, result);                                                                           \
            X87_CONDITIONS_SET(conditions);                                                                  \
        } else {                                                                                             \
            X87_CONDITIONS_SET((conditions)&X87_C2);                                                         \
        }                                                                                                    \
        x87_raise(c, status);                                                                                \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);

#define X87_BINARY(NAME, text, conditions)                                                                   \
    HOST_BINARY(host_##NAME, text)                                                                           \
    HANDLER(NAME) {                                                                                          \
        X87_START;                                                                                           \
        struct x87_register result = x87_indefinite;                                                         \
        if (x87_empty(c, 0) || x87_empty(c, 1)) {                                                            \
            c->x87.status &= (uint16_t) ~((conditions)&X87_C2);                                              \
            if (x87_underflow(c))                                                                            \
                x87_set(c, 0, x87_indefinite);                                                               \
            NEXT;                                                                                            \
        }                                                                                                    \
        uint16_t status = host_##NAME(c->x87.control, ST(0), ST(1), &result);                                \
        if (x87_completes(c, status)) {                                                                      \
            x87_set(c, 0, result);                                                                           \
            X87_CONDITIONS_SET(x87_is_nan(&result) ? (conditions)&X87_C2 : (unsigned)(conditions));          \
        } else {                                                                                             \
            X87_CONDITIONS_SET((conditions)&X87_C2);                                                         \
        }                                                                                                    \
        x87_raise(c, status);                                                                                \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);

#define X87_POPPING(NAME, text)                                                                              \
    HOST_POPPING(host_##NAME, text)                                                                          \
    HANDLER(NAME) {                                                                                          \
        X87_START;                                                                                           \
        struct x87_register result = x87_indefinite;                                                         \
        if (x87_empty(c, 0) || x87_empty(c, 1)) {                                                            \
            if (x87_underflow(c)) {                                                                          \
                x87_set(c, 1, x87_indefinite);                                                               \
                x87_pop(c);                                                                                  \
            }                                                                                                \
            NEXT;                                                                                            \
        }                                                                                                    \
        uint16_t status = host_##NAME(c->x87.control, ST(0), ST(1), &result);                                \
        if (x87_completes(c, status)) {                                                                      \
            x87_set(c, 1, result);                                                                           \
            x87_raise(c, status);                                                                            \
            x87_pop(c);                                                                                      \
        } else {                                                                                             \
            x87_raise(c, status);                                                                            \
        }                                                                                                    \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);

/* range: C2 tells that the operand was out of range, and nothing was done */
#define X87_PUSHING(NAME, text, range)                                                                       \
    HOST_PUSHING(host_##NAME, text)                                                                          \
    HANDLER(NAME) {                                                                                          \
        X87_START;                                                                                           \
        if (x87_empty(c, 0) || !x87_empty(c, 7)) {                                                           \
            bool under = x87_empty(c, 0);                                                                    \
            if (range)                                                                                       \
                c->x87.status &= (uint16_t)~X87_C2;                                                          \
            if (under ? x87_underflow(c) : x87_overflow(c)) {                                                \
                x87_set(c, 0, x87_indefinite);                                                               \
                x87_push(c, x87_indefinite);                                                                 \
            }                                                                                                \
            NEXT;                                                                                            \
        }                                                                                                    \
        struct x87_register first = x87_indefinite, second = x87_indefinite;                                 \
        uint16_t status = host_##NAME(c->x87.control, ST(0), &first, &second);                               \
        if (range)                                                                                           \
            X87_CONDITIONS_SET(X87_C2);                                                                      \
        if (x87_completes(c, status) && !((range) && (status & X87_C2))) {                                   \
            x87_set(c, 0, second);                                                                           \
            x87_push(c, first);                                                                              \
        }                                                                                                    \
        x87_raise(c, status);                                                                                \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);
