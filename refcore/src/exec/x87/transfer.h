/* SPDX-License-Identifier: BSD-2-Clause */
/* Shapes of loads and stores between memory and the stack. */
#define X87_LOAD(NAME, text, size)                                                                           \
    HOST_LOAD(host_##NAME, text)                                                                             \
    HANDLER(NAME) {                                                                                          \
        x87_wait(c, o);                                                                                      \
        struct x87_memory m = x87_read(c, o, size);                                                          \
        x87_note(c, o);                                                                                      \
        struct x87_register result = x87_indefinite;                                                         \
        if (!x87_empty(c, 7)) {                                                                              \
            if (x87_overflow(c))                                                                             \
                x87_push(c, x87_indefinite);                                                                 \
            NEXT;                                                                                            \
        }                                                                                                    \
        uint16_t status = host_##NAME(c->x87.control, &m, &result);                                          \
        if (!(status & ~c->x87.control & X87_I)) /* an unmasked #D does not keep the value out: silicon */   \
            x87_push(c, result);                                                                             \
        x87_raise(c, status & ~(unsigned)X87_C1);                                                            \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);

/* To memory nothing is stored on any unmasked exception but inexact (SDM Vol. 1, "Numeric Overflow Exception": destination in
 * memory). An empty ST(0), masked, stores the indefinite of the format. */
#define X87_STORE(NAME, text, size, pop)                                                                     \
    HOST_STORE(host_##NAME, text)                                                                            \
    HANDLER(NAME) {                                                                                          \
        x87_wait(c, o);                                                                                      \
        struct x87_memory m = {{0}};                                                                         \
        bool empty = x87_empty(c, 0);                                                                        \
        uint16_t status = host_##NAME((uint16_t)(empty ? c->x87.control | X87_I : c->x87.control),           \
                                      empty ? x87_indefinite : ST(0), &m);                                   \
        if (empty)                                                                                           \
            status = X87_I | X87_SF;                                                                         \
        bool stores = !(status & ~c->x87.control & (X87_I | X87_D | X87_Z | X87_O | X87_U));                 \
        if (stores)                                                                                          \
            x87_write(c, o, &m, size);                                                                       \
        else                                                                                                 \
            x87_probe(c, o, size);                                                                           \
        x87_note(c, o);                                                                                      \
        x87_raise(c, status);                                                                                \
        if (stores && (pop))                                                                                 \
            x87_pop(c);                                                                                      \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);
