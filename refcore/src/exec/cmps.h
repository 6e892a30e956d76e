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

/* REPE upwards in flat code with the code's own address size, to its end within a page of each operand: nothing of it
 * can fault. false: nothing was done. */
static inline bool repe_in_page(struct cpu *c, const struct op *o) {
    bool wide = in_64bit_code(c);
    unsigned address = o->bits & OP_ADDRESS_MASK, shift = (o->bits & OP_SIZE_MASK) >> OP_SIZE_SHIFT;
    if (wide ? address != OP_ADDRESS_64 || o->seg >= SEG_FS
             : !(c->mode & MODE_FLAT) || address != OP_ADDRESS_32 || o->seg >= SEG_FS || o->seg == SEG_CS)
        return false;
    uint64_t mask = wide ? UINT64_MAX : UINT32_MAX;
    uint64_t si = c->r[R_SI] & mask, di = c->r[R_DI] & mask, count = c->r[R_CX] & mask;
    const struct tlb_entry *e = tlb_slot(c->tlb, si), *f = tlb_slot(c->tlb, di);
    if (e->read != (si & ~UINT64_C(0xfff)) || f->read != (di & ~UINT64_C(0xfff)) || (c->rflags & FLAG_DF) ||
        c->step)
        return false;
    uint64_t in_page = 0x1000 - ((si & 0xfff) > (di & 0xfff) ? si & 0xfff : di & 0xfff);
    uint64_t elements = count < in_page >> shift ? count : in_page >> shift;
    const uint8_t *first = (const uint8_t *)(uintptr_t)(e->add + si);
    const uint8_t *second = (const uint8_t *)(uintptr_t)(f->add + di);
    uint64_t last =
        equal_bytes(first, second, elements << shift) >> shift; /* the one that leaves the flags */
    if (last == elements) {
        if (elements == 0 || elements != count)
            return false;
        last--;
    }
    struct string s = {.size = 1U << shift};
    uint64_t past = (last + 1) << shift;
    string_flags(c, &s, host_load(first + past - s.size, s.size), host_load(second + past - s.size, s.size));
    c->r[R_SI] = (si + past) & mask;
    c->r[R_DI] = (di + past) & mask;
    c->r[R_CX] = count - last - 1;
    return true;
}

static COLD HANDLER_RESULT cmps_by_page(struct cpu *c, const struct op *o) {
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
    if ((o->bits & OP_REP) && repe_in_page(c, o))
        NEXT;
    TAIL_CALL(cmps_by_page);
}
ENTRY(CMPS);
