/* SPDX-License-Identifier: BSD-2-Clause */
/* The seven forms of a two-operand arithmetic entry: X87_ARITHMETIC(FADD, FIADD, "fadd", "fiadd") makes FADD_M32, FADD_M64, FADD_ST0,
 * FADD_STI, FADDP, FIADD_M16, FIADD_M32. In the ST(i) forms the destination is the first operand of the operation. */
#define X87_FINISH_BINARY(destination, pop)                                                                  \
    do {                                                                                                     \
        if (x87_completes(c, status)) {                                                                      \
            x87_set(c, destination, result);                                                                 \
            x87_raise(c, status);                                                                            \
            if (pop)                                                                                         \
                x87_pop(c);                                                                                  \
        } else {                                                                                             \
            x87_raise(c, status);                                                                            \
        }                                                                                                    \
        NEXT;                                                                                                \
    } while (0)

#define X87_MEMORY_FORM(name, host, size)                                                                    \
    HANDLER(name) {                                                                                          \
        x87_wait(c, o);                                                                                      \
        struct x87_memory m = x87_read(c, o, size);                                                          \
        x87_note(c, o);                                                                                      \
        struct x87_register result = x87_indefinite;                                                         \
        uint16_t status;                                                                                     \
        if (x87_empty(c, 0)) {                                                                               \
            if (x87_underflow(c))                                                                            \
                x87_set(c, 0, x87_indefinite);                                                               \
            NEXT;                                                                                            \
        }                                                                                                    \
        status = host(c->x87.control, ST(0), &m, &result);                                                   \
        X87_FINISH_BINARY(0, false);                                                                         \
    }                                                                                                        \
    ENTRY(name);

#define X87_REGISTER_FORM(name, host, destination, other, pop)                                               \
    HANDLER(name) {                                                                                          \
        X87_START;                                                                                           \
        struct x87_register result = x87_indefinite;                                                         \
        uint16_t status;                                                                                     \
        if (x87_empty(c, 0) || x87_empty(c, o->rm & 7)) {                                                    \
            if (x87_underflow(c)) {                                                                          \
                x87_set(c, destination, x87_indefinite);                                                     \
                if (pop)                                                                                     \
                    x87_pop(c);                                                                              \
            }                                                                                                \
            NEXT;                                                                                            \
        }                                                                                                    \
        status = host(c->x87.control, ST(destination), ST(other), &result);                                  \
        X87_FINISH_BINARY(destination, pop);                                                                 \
    }                                                                                                        \
    ENTRY(name);

#define X87_ARITHMETIC(NAME, INTEGER, text, integer_text)                                                    \
    HOST_BINARY(host_##NAME, text " %%st(1), %%st")                                                          \
    HOST_MEMORY(host_##NAME##_m32, text "s")                                                                 \
    HOST_MEMORY(host_##NAME##_m64, text "l")                                                                 \
    HOST_MEMORY(host_##NAME##_i16, integer_text "s")                                                         \
    HOST_MEMORY(host_##NAME##_i32, integer_text "l")                                                         \
    X87_MEMORY_FORM(NAME##_M32, host_##NAME##_m32, 4)                                                        \
    X87_MEMORY_FORM(NAME##_M64, host_##NAME##_m64, 8)                                                        \
    X87_MEMORY_FORM(INTEGER##_M16, host_##NAME##_i16, 2)                                                     \
    X87_MEMORY_FORM(INTEGER##_M32, host_##NAME##_i32, 4)                                                     \
    X87_REGISTER_FORM(NAME##_ST0, host_##NAME, 0, o->rm & 7, false)                                          \
    X87_REGISTER_FORM(NAME##_STI, host_##NAME, o->rm & 7, 0, false)                                          \
    X87_REGISTER_FORM(NAME##P, host_##NAME, o->rm & 7, 0, true)
