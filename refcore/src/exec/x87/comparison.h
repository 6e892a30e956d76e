/* SPDX-License-Identifier: BSD-2-Clause */
/* The comparisons: condition codes C3 C2 C0 (or ZF PF CF) by the host's unit; unordered is 111. An empty register is #IS, masked:
 * unordered. With an unmasked invalid operation neither condition codes nor the stack change. */
#define HOST_COMPARE_MEMORY(name, text)                                                                      \
    static inline uint16_t name(uint16_t control, struct x87_register a, const struct x87_memory *m) {       \
        uint16_t saved, status;                                                                              \
        __asm__ volatile(X87_ENTER "fldt %[a]\n\tfldcw %[control]\n\t" text " %[m]\n\tfnstsw %[status]\n\t"  \
                                   "fninit\n\tfldcw %[saved]\n\t"                                            \
                         : [saved] "=&m"(saved), [status] "=&m"(status)                                      \
                         : [a] "m"(a), [m] "m"(*m), [control] "m"(control)                                   \
                         : X87_CLOBBER);                                                                     \
        return status;                                                                                       \
    }
#define HOST_COMPARE(name, text)                                                                             \
    static inline uint16_t name(uint16_t control, struct x87_register a, struct x87_register b) {            \
        uint16_t saved, status;                                                                              \
        __asm__ volatile(X87_ENTER "fldt %[b]\n\tfldt %[a]\n\tfldcw %[control]\n\t" text                     \
                                   "\n\tfnstsw %[status]\n\t"                                                \
                                   "fninit\n\tfldcw %[saved]\n\t"                                            \
                         : [saved] "=&m"(saved), [status] "=&m"(status)                                      \
                         : [a] "m"(a), [b] "m"(b), [control] "m"(control)                                    \
                         : X87_CLOBBER);                                                                     \
        return status;                                                                                       \
    }

#define COMPARE_FINISH(pops)                                                                                 \
    do {                                                                                                     \
        bool done = x87_completes(c, status);                                                                \
        if (done || c->profile->choice.x87_conditions_unmasked)                                              \
            c->x87.status = (uint16_t)((c->x87.status & ~X87_CONDITIONS) | (status & X87_CONDITIONS));       \
        x87_raise(c, status & ~(unsigned)X87_C1);                                                            \
        for (int n = (pops); done && n > 0; n--)                                                             \
            x87_pop(c);                                                                                      \
        NEXT;                                                                                                \
    } while (0)

#define COMPARE_UNDERFLOW(pops)                                                                              \
    do {                                                                                                     \
        bool masked = x87_underflow(c);                                                                      \
        if (masked || c->profile->choice.x87_conditions_unmasked)                                            \
            c->x87.status |= X87_CONDITIONS;                                                                 \
        for (int n = (pops); masked && n > 0; n--)                                                           \
            x87_pop(c);                                                                                      \
        NEXT;                                                                                                \
    } while (0)

#define X87_COMPARE_MEMORY(NAME, host, size, pops)                                                           \
    HANDLER(NAME) {                                                                                          \
        x87_wait(c, o);                                                                                      \
        struct x87_memory m = x87_read(c, o, size);                                                          \
        x87_note(c, o);                                                                                      \
        if (x87_empty(c, 0))                                                                                 \
            COMPARE_UNDERFLOW(pops);                                                                         \
        uint16_t status = host(c->x87.control, ST(0), &m);                                                   \
        COMPARE_FINISH(pops);                                                                                \
    }                                                                                                        \
    ENTRY(NAME);

#define X87_COMPARE(NAME, host, pops)                                                                        \
    HANDLER(NAME) {                                                                                          \
        X87_START;                                                                                           \
        if (x87_empty(c, 0) || x87_empty(c, o->rm & 7))                                                      \
            COMPARE_UNDERFLOW(pops);                                                                         \
        uint16_t status = host(c->x87.control, ST(0), ST(o->rm & 7));                                        \
        COMPARE_FINISH(pops);                                                                                \
    }                                                                                                        \
    ENTRY(NAME);

/* FCOMI and the like: ZF PF CF in the places of C3 C2 C0, OF SF AF cleared */
#define X87_COMPARE_FLAGS(NAME, host, pops)                                                                  \
    HANDLER(NAME) {                                                                                          \
        X87_START;                                                                                           \
        uint16_t status;                                                                                     \
        bool done;                                                                                           \
        if (x87_empty(c, 0) || x87_empty(c, o->rm & 7)) {                                                    \
            done = x87_underflow(c);                                                                         \
            status = X87_CONDITIONS;                                                                         \
        } else {                                                                                             \
            status = host(c->x87.control, ST(0), ST(o->rm & 7));                                             \
            done = x87_completes(c, status);                                                                 \
            unsigned keep = c->profile->choice.fcomi_keeps_c1 ? c->x87.status & X87_C1 : 0;                  \
            x87_raise(c, (status & ~(unsigned)X87_C1) | keep);                                               \
        }                                                                                                    \
        if (done || c->profile->choice.x87_conditions_unmasked) {                                            \
            flags_set_status(c, (status & X87_C0 ? FLAG_CF : 0) | (status & X87_C2 ? FLAG_PF : 0) |          \
                                    (status & X87_C3 ? FLAG_ZF : 0));                                        \
            if (done && (pops))                                                                              \
                x87_pop(c);                                                                                  \
        }                                                                                                    \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);
