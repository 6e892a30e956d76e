/* SPDX-License-Identifier: BSD-2-Clause */
/* CMPS/CMPSB/CMPSW/CMPSD/CMPSQ - Compare String Operands.  SDM Vol. 2A, CMPS, "Operation". Which source
 * is read first is not said; silicon reads ES:rDI. */
static inline unsigned equal_16(const uint8_t *first, const uint8_t *second) {
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)first);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)second);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
}
/* Bytes from the start of both that are equal, at most `bytes`. */
static inline uint64_t equal_bytes(const uint8_t *first, const uint8_t *second, uint64_t bytes) {
    uint64_t at = 0;
    while (bytes - at >= 1024 && memcmp(first + at, second + at, 1024) == 0)
        at += 1024;
    for (; bytes - at >= 32; at += 32) {
        uint32_t same = equal_16(first + at, second + at) | equal_16(first + at + 16, second + at + 16) << 16;
        if (same != UINT32_MAX)
            return at + (unsigned)__builtin_ctz(~same);
    }
    for (; bytes - at >= 8; at += 8) {
        uint64_t differ = bytes_load(first + at, 8) ^ bytes_load(second + at, 8);
        if (differ)
            return at + (unsigned)__builtin_ctzll(differ) / 8;
    }
    while (at < bytes && first[at] == second[at])
        at++;
    return at;
}

/* REPE in flat code, upwards, to its end within a page of each operand: nothing of it can fault. false: nothing
 * was done. */
static inline bool repe_in_page(struct cpu *c, const struct op *o, const struct string *s) {
    bool flat = in_64bit_code(c) || ((c->mode & MODE_FLAT) && o->seg != SEG_CS);
    if (!flat || o->seg >= SEG_FS || (c->rflags & FLAG_DF) || c->step)
        return false;
    uint64_t si = string_index(c, s, R_SI), di = string_index(c, s, R_DI), count = string_index(c, s, R_CX);
    const struct tlb_entry *e = tlb_slot(c->tlb, si), *f = tlb_slot(c->tlb, di);
    if (e->read != (si & ~UINT64_C(0xfff)) || f->read != (di & ~UINT64_C(0xfff)))
        return false;
    uint64_t in_page = (0x1000 - ((si & 0xfff) > (di & 0xfff) ? si & 0xfff : di & 0xfff)) >> s->shift;
    uint64_t elements = count < in_page ? count : in_page;
    if (elements == 0)
        return false;
    const uint8_t *first = (const uint8_t *)(uintptr_t)(e->add + si);
    const uint8_t *second = (const uint8_t *)(uintptr_t)(f->add + di);
    uint64_t at = equal_bytes(first, second, elements << s->shift) >> s->shift;
    if (at == elements) {
        if (elements != count)
            return false;
        at--;
    }
    string_flags(c, s, host_load(first + (at << s->shift), s->size),
                 host_load(second + (at << s->shift), s->size));
    string_advance(c, s, R_SI, at + 1);
    string_advance(c, s, R_DI, at + 1);
    string_count(c, s, at + 1);
    return true;
}

static HANDLER_RESULT cmps_by_page(struct cpu *c, const struct op *o) {
    struct string s = string_begin(c, o);
    uint64_t a = 0, b = 0;
    if (!s.repeated) {
        b = string_load(c, o, SEG_ES, string_index(c, &s, R_DI), s.size);
        a = string_load(c, o, o->seg, string_index(c, &s, R_SI), s.size);
        string_advance(c, &s, R_SI, 1);
        string_advance(c, &s, R_DI, 1);
        string_flags(c, &s, a, b);
        NEXT;
    }
    uint64_t count, burst = string_burst(c);
    bool until_equal = (o->bits & OP_REPNE) != 0, done = false, any = false,
         visible = string_flags_visible(c);
    while ((count = string_index(c, &s, R_CX)) != 0 && burst != 0 && !done) {
        uint64_t elements = count < burst ? count : burst;
        const uint8_t *first = string_span(c, &s, o->seg, string_index(c, &s, R_SI), ACCESS_READ, &elements);
        const uint8_t *second =
            first ? string_span(c, &s, SEG_ES, string_index(c, &s, R_DI), ACCESS_READ, &elements) : 0;
        if (second) {
            uint64_t at = 0;
            if (!until_equal) { /* to the element that leaves the flags: the first that differs, or the last */
                at = equal_bytes(first, second, elements << s.shift) >> s.shift;
                at -= at == elements;
            }
            do {
                a = host_load(first + at * s.size, s.size);
                b = host_load(second + at * s.size, s.size);
                done = (a == b) == until_equal;
                at++;
            } while (!done && at < elements);
            elements = at;
        } else {
            elements = 1;
            if (visible && any)
                string_flags(c, &s, a, b); /* what a fault of this element shows */
            uint64_t next = string_load(c, o, SEG_ES, string_index(c, &s, R_DI), s.size);
            a = string_load(c, o, o->seg, string_index(c, &s, R_SI), s.size);
            b = next;
            done = (a == b) == until_equal;
        }
        any = true;
        string_advance(c, &s, R_SI, elements);
        string_advance(c, &s, R_DI, elements);
        string_count(c, &s, elements);
        burst -= elements;
    }
    bool finished = done || count == 0;
    if (any && (finished || visible))
        string_flags(c, &s, a, b);
    STRING_END(finished);
}
HANDLER(CMPS) {
    struct string s = string_begin(c, o);
    if ((o->bits & OP_REP) && repe_in_page(c, o, &s))
        NEXT;
    TAIL_CALL(cmps_by_page);
}
ENTRY(CMPS);
