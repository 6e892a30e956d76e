/* SPDX-License-Identifier: BSD-2-Clause */
/* Jcc - Jump if Condition Is Met.  SDM Vol. 2A, Jcc, "Operation". */
#define NEAR_BODY(name, size)                                                                                \
    uint64_t next = near_next(c, o, size);                                                                   \
    if (CONDITION_OF_##name) {                                                                               \
        next += o->imm;                                                                                      \
        NEAR_TARGET(next, size);                                                                             \
        c->rip = next;                                                                                       \
        TAIL_CALL(block_link_taken);                                                                         \
    }                                                                                                        \
    c->rip = next;                                                                                           \
    TAIL_CALL(block_link_fall);
#define CONDITION_OF_JO CONDITION_O
NEAR_SIZES(JO);
#define CONDITION_OF_JNO CONDITION_NO
NEAR_SIZES(JNO);
#define CONDITION_OF_JB CONDITION_B
NEAR_SIZES(JB);
#define CONDITION_OF_JNB CONDITION_NB
NEAR_SIZES(JNB);
#define CONDITION_OF_JZ CONDITION_Z
NEAR_SIZES(JZ);
#define CONDITION_OF_JNZ CONDITION_NZ
NEAR_SIZES(JNZ);
#define CONDITION_OF_JBE CONDITION_BE
NEAR_SIZES(JBE);
#define CONDITION_OF_JNBE CONDITION_NBE
NEAR_SIZES(JNBE);
#define CONDITION_OF_JS CONDITION_S
NEAR_SIZES(JS);
#define CONDITION_OF_JNS CONDITION_NS
NEAR_SIZES(JNS);
#define CONDITION_OF_JP CONDITION_P
NEAR_SIZES(JP);
#define CONDITION_OF_JNP CONDITION_NP
NEAR_SIZES(JNP);
#define CONDITION_OF_JL CONDITION_L
NEAR_SIZES(JL);
#define CONDITION_OF_JNL CONDITION_NL
NEAR_SIZES(JNL);
#define CONDITION_OF_JLE CONDITION_LE
NEAR_SIZES(JLE);
#define CONDITION_OF_JNLE CONDITION_NLE
NEAR_SIZES(JNLE);
#undef NEAR_BODY
