/* SPDX-License-Identifier: BSD-2-Clause */
/* FCMOVcc - Floating-Point Conditional Move.  SDM Vol. 2A, FCMOVcc, "Operation". */
#define X87_FCMOV(NAME, condition)                                                                           \
    HANDLER(NAME) {                                                                                          \
        X87_START;                                                                                           \
        struct x87_register value = ST(o->rm & 7);                                                           \
        if (x87_empty(c, 0) || x87_empty(c, o->rm & 7)) {                                                    \
            if (x87_underflow(c)) /* the condition does not matter: silicon */                               \
                x87_set(c, 0, x87_indefinite);                                                               \
            NEXT;                                                                                            \
        }                                                                                                    \
        if (condition)                                                                                       \
            x87_set(c, 0, value);                                                                            \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);
X87_FCMOV(FCMOVB, flag_cf(c))
X87_FCMOV(FCMOVE, flag_zf(c))
X87_FCMOV(FCMOVBE, flag_cf(c) || flag_zf(c))
X87_FCMOV(FCMOVU, flag_pf(c))
X87_FCMOV(FCMOVNB, !flag_cf(c))
X87_FCMOV(FCMOVNE, !flag_zf(c))
X87_FCMOV(FCMOVNBE, !(flag_cf(c) || flag_zf(c)))
X87_FCMOV(FCMOVNU, !flag_pf(c))
