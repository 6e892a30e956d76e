/* SPDX-License-Identifier: BSD-2-Clause */
/* CMPS/CMPSB/CMPSW/CMPSD/CMPSQ - Compare String Operands.  SDM Vol. 2A, CMPS, "Operation". Which source
 * is read first is not said; silicon reads ES:rDI. */
/* Bytes from the start of both that are equal: a multiple of 8 while the difference lies further on, at
 * most `bytes`. */
static uint64_t equal_bytes(const uint8_t *first, const uint8_t *second, uint64_t bytes) {
    uint64_t at = 0;
    while (bytes - at >= 1024 && memcmp(first + at, second + at, 1024) == 0)
        at += 1024;
    while (bytes - at >= 32 && memcmp(first + at, second + at, 32) == 0)
        at += 32;
    while (bytes - at >= 8 && memcmp(first + at, second + at, 8) == 0)
        at += 8;
    return at;
}

HANDLER(CMPS) {
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
            if (!until_equal) { /* all but the last element, which leaves the flags, if they are equal */
                at = equal_bytes(first, second, (elements - 1) << s.shift) >> s.shift;
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
ENTRY(CMPS);
