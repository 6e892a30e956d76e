/* SPDX-License-Identifier: BSD-2-Clause */
/* LODS/LODSB/LODSW/LODSD/LODSQ - Load String.  SDM Vol. 2A, LODS, "Operation". Repeated, the last element
 * stays. */
HANDLER(LODS) {
    struct string s = string_begin(c, o);
    if (!s.repeated) {
        reg_write(c, R_AX, string_load(c, o, o->seg, string_index(c, &s, R_SI), s.size), s.size);
        string_advance(c, &s, R_SI, 1);
        NEXT;
    }
    uint64_t count, burst = string_burst(c);
    while ((count = string_index(c, &s, R_CX)) != 0 && burst != 0) {
        uint64_t elements = count < burst ? count : burst, value;
        const uint8_t *from = string_span(c, &s, o->seg, string_index(c, &s, R_SI), ACCESS_READ, &elements);
        if (from) {
            value = host_load(from + (elements - 1) * s.size, s.size);
        } else {
            elements = 1;
            value = string_load(c, o, o->seg, string_index(c, &s, R_SI), s.size);
        }
        reg_write(c, R_AX, value, s.size);
        string_advance(c, &s, R_SI, elements);
        string_count(c, &s, elements);
        burst -= elements;
    }
    STRING_END(count == 0);
}
ENTRY(LODS);
