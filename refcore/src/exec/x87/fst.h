/* SPDX-License-Identifier: BSD-2-Clause */
/* FST/FSTP - Store Floating Point Value.  SDM Vol. 2A, FST/FSTP, "Operation". */
X87_STORE(FST_M32, "fsts", 4, false)
X87_STORE(FST_M64, "fstl", 8, false)
X87_STORE(FSTP_M32, "fstps", 4, true)
X87_STORE(FSTP_M64, "fstpl", 8, true)
X87_STORE(FSTP_M80, "fstpt", 10, true)
#define X87_STORE_REGISTER(NAME, pop)                                                                        \
    HANDLER(NAME) {                                                                                          \
        X87_START;                                                                                           \
        struct x87_register value = ST(0);                                                                   \
        if (x87_empty(c, 0)) {                                                                               \
            if (!x87_underflow(c))                                                                           \
                NEXT;                                                                                        \
            value = x87_indefinite;                                                                          \
        } else {                                                                                             \
            c->x87.status &= (uint16_t)~X87_C1;                                                              \
        }                                                                                                    \
        x87_set(c, o->rm & 7, value);                                                                        \
        if (pop)                                                                                             \
            x87_pop(c);                                                                                      \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);
X87_STORE_REGISTER(FST_STI, false)
X87_STORE_REGISTER(FSTP_STI, true)
/* D9 /3, in no opcode table ("FSTPNCE"): an empty ST(0) is no stack fault, and nothing is stored (AMD, measured). */
HANDLER(FSTPNCE) {
    X87_START;
    if (!x87_empty(c, 0))
        x87_set(c, o->rm & 7, ST(0));
    c->x87.status &= (uint16_t)~X87_C1;
    x87_pop(c);
    NEXT;
}
ENTRY(FSTPNCE);
