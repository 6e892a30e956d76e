/* SPDX-License-Identifier: BSD-2-Clause */
/* CMPPS, CMPPD, CMPSS, CMPSD - Compare Floating-Point Values.  SDM Vol. 2A, CMPPD, "Comparison Predicate for
 * CMPPD and CMPPS Instructions": eight predicates in legacy encodings (imm8[2:0]), 32 in VEX ones. Each is a
 * set of the relations equal, less, greater, unordered; bit 4 of the predicate swaps quiet and signaling. */
enum { CMP_EQ = 1, CMP_LT = 2, CMP_GT = 4, CMP_UN = 8 };
static const uint8_t cmp_relations[16] = {
    CMP_EQ,
    CMP_LT,
    CMP_LT | CMP_EQ,
    CMP_UN,
    CMP_LT | CMP_GT | CMP_UN,
    CMP_EQ | CMP_GT | CMP_UN,
    CMP_GT | CMP_UN,
    CMP_EQ | CMP_LT | CMP_GT, /* EQ LT LE UNORD NEQ NLT NLE ORD */
    CMP_EQ | CMP_UN,
    CMP_LT | CMP_UN,
    CMP_LT | CMP_EQ | CMP_UN,
    0,
    CMP_LT | CMP_GT,
    CMP_EQ | CMP_GT,
    CMP_GT,
    CMP_EQ | CMP_LT | CMP_GT | CMP_UN, /* EQ_U NGE NGT FALSE NEQ_O GE GT TRUE */
};
enum { CMP_SIGNALING = 1 << 1 | 1 << 2 | 1 << 5 | 1 << 6 }; /* by the low three bits of the predicate */
#define CMP_HALF(suffix)                                                                                     \
    do {                                                                                                     \
        xmm equal = first, less = first, unordered = first, none = {0, 0};                                   \
        uint32_t quiet = 0, loud = 0;                                                                        \
        FP_XMM("cmpeq" suffix, quiet, equal, second);                                                        \
        FP_XMM("cmplt" suffix, loud, less, second);                                                          \
        FP_XMM("cmpunord" suffix, quiet, unordered, second);                                                 \
        xmm greater = ~(equal | less | unordered);                                                           \
        result = (relations & CMP_EQ ? equal : none) | (relations & CMP_LT ? less : none) |                  \
                 (relations & CMP_GT ? greater : none) | (relations & CMP_UN ? unordered : none);            \
        flags |= signaling ? loud : quiet;                                                                   \
    } while (0)
#define CMP_PREDICATE(mask)                                                                                  \
    unsigned predicate = IMM8 & (mask), relations = cmp_relations[predicate & 15];                           \
    bool signaling = (CMP_SIGNALING >> (predicate & 7) & 1) != (predicate >> 4);                             \
    uint32_t flags = 0
#define CMP_PACKED(name, suffix, mask)                                                                       \
    SIMD(name) {                                                                                             \
        CMP_PREDICATE(mask);                                                                                 \
        for (unsigned h = 0; h < bytes; h += 16) {                                                           \
            xmm first = half_read(src1, h), second = half_read(src2, h), result;                             \
            CMP_HALF(suffix);                                                                                \
            half_write(dest, h, result);                                                                     \
        }                                                                                                    \
        fp_finish(c, o, flags);                                                                              \
    }
#define CMP_SCALAR(name, suffix, lane, mask)                                                                 \
    SIMD(name) {                                                                                             \
        CMP_PREDICATE(mask);                                                                                 \
        xmm first = half_read(src1, 0), second = half_read(src2, 0), result;                                 \
        CMP_HALF(suffix);                                                                                    \
        union vector compared;                                                                               \
        half_write(&compared, 0, result);                                                                    \
        half_write(dest, 0, first);                                                                          \
        dest->lane[0] = compared.lane[0];                                                                    \
        fp_finish(c, o, flags);                                                                              \
    }
CMP_PACKED(CMPPS, "ps", 7)
CMP_PACKED(CMPPD, "pd", 7)
CMP_SCALAR(CMPSS, "ss", d, 7)
CMP_SCALAR(CMPSD, "sd", q, 7)
CMP_PACKED(VCMPPS, "ps", 31)
CMP_PACKED(VCMPPD, "pd", 31)
CMP_SCALAR(VCMPSS, "ss", d, 31)
CMP_SCALAR(VCMPSD, "sd", q, 31)
FORM_SSE(CMPPS)
FORM_SSE(CMPPD)
FORM_SSE_(CMPSS, CMPSS, 4)
FORM_SSE_(CMPSD, CMPSD, 8)
FORM_VEX_(VCMPPS, VCMPPS, bytes)
FORM_VEX_(VCMPPD, VCMPPD, bytes)
FORM_VEX128_(VCMPSS, VCMPSS, 4)
FORM_VEX128_(VCMPSD, VCMPSD, 8)
