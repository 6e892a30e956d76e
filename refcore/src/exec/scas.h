/* SPDX-License-Identifier: BSD-2-Clause */
/* SCAS/SCASB/SCASW/SCASD/SCASQ - Scan String.  SDM Vol. 2B, SCAS, "Operation": AL/AX/EAX/RAX - ES:rDI. */
HANDLER(SCAS) {
    struct string s = string_begin(c, o);
    uint64_t accumulator = reg_read(c, R_AX, s.size), b = 0;
    if (!s.repeated) {
        b = string_load(c, o, SEG_ES, string_index(c, &s, R_DI), s.size);
        string_advance(c, &s, R_DI, 1);
        string_flags(c, &s, accumulator, b);
        NEXT;
    }
    uint64_t count, burst = string_burst(c);
    bool until_equal = (o->bits & OP_REPNE) != 0, done = false, any = false,
         visible = string_flags_visible(c);
    while ((count = string_index(c, &s, R_CX)) != 0 && burst != 0 && !done) {
        uint64_t elements = count < burst ? count : burst;
        const uint8_t *second = string_span(c, &s, SEG_ES, string_index(c, &s, R_DI), ACCESS_READ, &elements);
        if (second) {
            uint64_t at = 0;
            do {
                b = host_load(second + at * s.size, s.size);
                done = (accumulator == b) == until_equal;
                at++;
            } while (!done && at < elements);
            elements = at;
        } else {
            elements = 1;
            if (visible && any)
                string_flags(c, &s, accumulator, b); /* what a fault of this element shows */
            b = string_load(c, o, SEG_ES, string_index(c, &s, R_DI), s.size);
            done = (accumulator == b) == until_equal;
        }
        any = true;
        string_advance(c, &s, R_DI, elements);
        string_count(c, &s, elements);
        burst -= elements;
    }
    bool finished = done || count == 0;
    if (any && (finished || visible))
        string_flags(c, &s, accumulator, b);
    STRING_END(finished);
}
ENTRY(SCAS);
