/* SPDX-License-Identifier: BSD-2-Clause */
/* PCMPESTRI, PCMPESTRM - Packed Compare Explicit Length Strings, Return Index, Mask; PCMPISTRI, PCMPISTRM -
 * ... Implicit Length Strings.  SDM Vol. 2B; Vol. 2B, "Imm8 Control Byte Operation for PCMPESTRI / PCMPESTRM
 * / PCMPISTRI / PCMPISTRM". Memory needs no alignment. */
enum { STRING_WORDS = 1, STRING_SIGNED = 2, STRING_MSB = 1 << 6 };

static int string_element(const union vector *v, unsigned i, unsigned control) {
    if (control & STRING_WORDS)
        return control & STRING_SIGNED ? v->sw[i] : v->w[i];
    return control & STRING_SIGNED ? v->sb[i] : v->b[i];
}
static unsigned implicit_length(const union vector *v, unsigned count, unsigned control) {
    unsigned i = 0;
    while (i < count && string_element(v, i, control) != 0)
        i++;
    return i;
}
/* EAX, EDX, or their 64-bit forms: the absolute value, saturated. */
static unsigned explicit_length(uint64_t value, bool wide, unsigned count) {
    int64_t length = wide ? (int64_t)value : (int32_t)value;
    uint64_t magnitude = length < 0 ? 0 - (uint64_t)length : (uint64_t)length;
    return magnitude > count ? count : (unsigned)magnitude;
}
/* IntRes2; sets the flags. Elements beyond a length are invalid: "Valid/Invalid Override of Comparisons". */
static uint32_t string_compare(struct cpu *c, const union vector *a, unsigned a_length, const union vector *b,
                               unsigned b_length, unsigned control) {
    unsigned count = control & STRING_WORDS ? 8 : 16;
    uint32_t result = 0, all = (1U << count) - 1;
    for (unsigned j = 0; j < count; j++) {
        bool hit = false;
        switch (control >> 2 & 3) {
        case 0: /* equal any */
            for (unsigned i = 0; i < a_length && j < b_length; i++)
                hit |= string_element(a, i, control) == string_element(b, j, control);
            break;
        case 1: /* ranges */
            for (unsigned i = 0; i + 1 < a_length && j < b_length; i += 2)
                hit |= string_element(a, i, control) <= string_element(b, j, control) &&
                       string_element(b, j, control) <= string_element(a, i + 1, control);
            break;
        case 2: /* equal each */
            hit = j < a_length && j < b_length
                      ? string_element(a, j, control) == string_element(b, j, control)
                      : j >= a_length && j >= b_length;
            break;
        default: /* equal ordered */
            hit = true;
            for (unsigned i = 0; i < a_length && i + j < count; i++)
                hit &= i + j < b_length && string_element(a, i, control) == string_element(b, i + j, control);
        }
        result |= (uint32_t)hit << j;
    }
    if (control & 0x10)
        result ^= control & 0x20 ? (1U << b_length) - 1 : all;
    flags_set_status(c, (result ? FLAG_CF : 0U) | (b_length < count ? FLAG_ZF : 0U) |
                            (a_length < count ? FLAG_SF : 0U) | (result & 1 ? FLAG_OF : 0U));
    return result;
}
static uint32_t string_index(uint32_t result, unsigned control) {
    if (result == 0)
        return control & STRING_WORDS ? 8 : 16;
    return (uint32_t)(control & STRING_MSB ? 31 - __builtin_clz(result) : __builtin_ctz(result));
}
static union vector string_mask(uint32_t result, unsigned control) {
    union vector mask = {.q = {0}};
    if (!(control & STRING_MSB))
        mask.d[0] = result;
    else if (control & STRING_WORDS)
        for (unsigned i = 0; i < 8; i++)
            mask.w[i] = result >> i & 1 ? 0xffff : 0;
    else
        for (unsigned i = 0; i < 16; i++)
            mask.b[i] = result >> i & 1 ? 0xff : 0;
    return mask;
}
#define STRING_COMPARE(a_count, b_count)                                                                     \
    union vector room;                                                                                       \
    const union vector *b = source(c, o, &room, 16, 0);                                                      \
    const union vector *a = &c->v[o->reg];                                                                   \
    unsigned count = IMM8 & STRING_WORDS ? 8 : 16;                                                           \
    uint32_t result = string_compare(c, a, a_count, b, b_count, IMM8)
#define EXPLICIT                                                                                             \
    STRING_COMPARE(explicit_length(c->r[R_AX], W64, count), explicit_length(c->r[R_DX], W64, count))
#define IMPLICIT STRING_COMPARE(implicit_length(a, count, IMM8), implicit_length(b, count, IMM8))
BOTH(PCMPESTRI, {
    EXPLICIT;
    c->r[R_CX] = string_index(result, IMM8);
})
BOTH(PCMPISTRI, {
    IMPLICIT;
    c->r[R_CX] = string_index(result, IMM8);
})
BOTH(PCMPESTRM, {
    EXPLICIT;
    union vector mask = string_mask(result, IMM8);
    WRITE128(0, &mask);
})
BOTH(PCMPISTRM, {
    IMPLICIT;
    union vector mask = string_mask(result, IMM8);
    WRITE128(0, &mask);
})
