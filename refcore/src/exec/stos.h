/* SPDX-License-Identifier: BSD-2-Clause */
/* STOS/STOSB/STOSW/STOSD/STOSQ - Store String.  SDM Vol. 2B, STOS, "Operation". */
static inline void fill_chunk(uint8_t *to, uint64_t value, uint64_t elements, unsigned size) {
    switch (size) {
    case 1:
        memset(to, (uint8_t)value, elements);
        break;
    case 2:
        for (uint64_t i = 0; i < elements; i++)
            memcpy(to + 2 * i, &value, 2);
        break;
    case 4:
        for (uint64_t i = 0; i < elements; i++)
            memcpy(to + 4 * i, &value, 4);
        break;
    default:
        for (uint64_t i = 0; i < elements; i++)
            memcpy(to + 8 * i, &value, 8);
        break;
    }
}

HANDLER(STOS) {
    struct string s = string_begin(c, o);
    if (!s.repeated) {
        string_store(c, o, string_index(c, &s, R_DI), c->r[R_AX], s.size);
        string_advance(c, &s, R_DI, 1);
        NEXT;
    }
    uint64_t count, burst = string_burst(c);
    while ((count = string_index(c, &s, R_CX)) != 0 && burst != 0) {
        uint64_t elements = count < burst ? count : burst;
        uint8_t *to = string_span(c, &s, SEG_ES, string_index(c, &s, R_DI), ACCESS_WRITE, &elements);
        if (to) {
            fill_chunk(to, c->r[R_AX], elements, s.size);
        } else {
            elements = 1;
            string_store(c, o, string_index(c, &s, R_DI), c->r[R_AX], s.size);
        }
        string_advance(c, &s, R_DI, elements);
        string_count(c, &s, elements);
        burst -= elements;
    }
    STRING_END(count == 0);
}
ENTRY(STOS);
