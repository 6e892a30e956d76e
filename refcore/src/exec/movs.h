/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVS/MOVSB/MOVSW/MOVSD/MOVSQ - Move Data From String to String.  SDM Vol. 2B, MOVS, "Operation".
 * Elements move one after the other, which shows where source and destination overlap. */
static inline void move_element(struct cpu *c, const struct op *o, const struct string *s) {
    uint64_t value = string_load(c, o, o->seg, string_index(c, s, R_SI), s->size);
    string_store(c, o, string_index(c, s, R_DI), value, s->size);
    string_advance(c, s, R_SI, 1);
    string_advance(c, s, R_DI, 1);
}

/* A chunk of plain memory, lowest element first. */
static inline void move_chunk(uint8_t *to, const uint8_t *from, uint64_t elements, unsigned size) {
    uint64_t bytes = elements * size, ahead = (uint64_t)((uintptr_t)to - (uintptr_t)from);
    if (ahead == 0 || ahead >= bytes) {
        memmove(to, from, bytes);
        return;
    }
    /* the destination lies a little ahead: the elements read later are those written before */
    for (uint64_t at = 0; at < bytes; at += size) {
        uint64_t value = host_load(from + at, size);
        memcpy(to + at, &value, size);
    }
}

HANDLER(MOVS) {
    struct string s = string_begin(c, o);
    if (!s.repeated) {
        move_element(c, o, &s);
        NEXT;
    }
    uint64_t count, burst = string_burst(c);
    while ((count = string_index(c, &s, R_CX)) != 0 && burst != 0) {
        uint64_t elements = count < burst ? count : burst;
        const uint8_t *from = string_span(c, &s, o->seg, string_index(c, &s, R_SI), ACCESS_READ, &elements);
        uint8_t *to =
            from ? string_span(c, &s, SEG_ES, string_index(c, &s, R_DI), ACCESS_WRITE, &elements) : 0;
        if (to) {
            move_chunk(to, from, elements, s.size);
            string_advance(c, &s, R_SI, elements);
            string_advance(c, &s, R_DI, elements);
        } else {
            elements = 1;
            move_element(c, o, &s);
        }
        string_count(c, &s, elements);
        burst -= elements;
    }
    STRING_END(count == 0);
}
ENTRY(MOVS);
