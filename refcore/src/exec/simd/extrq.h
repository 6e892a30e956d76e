/* SPDX-License-Identifier: BSD-2-Clause */
/* EXTRQ - Extract Field From Register; INSERTQ - Insert Field.  APM Vol. 4, "EXTRQ", "INSERTQ": length 0
 * means 64; a field beyond bit 63 is undefined. The immediates come as one word, length first. The
 * destination's upper quadword is undefined: silicon keeps it zero for EXTRQ and INSERTQ alike. */
static inline uint64_t field_mask(unsigned length) {
    return length ? (UINT64_C(1) << length) - 1 : UINT64_MAX;
}
static void extract_field(struct cpu *c, unsigned r, unsigned length, unsigned index) {
    c->v[r].q[0] = (c->v[r].q[0] >> index) & field_mask(length);
    c->v[r].q[1] = 0;
}
static void insert_field(struct cpu *c, unsigned r, uint64_t value, unsigned length, unsigned index) {
    uint64_t mask = field_mask(length);
    c->v[r].q[0] = (c->v[r].q[0] & ~(mask << index)) | (value & mask) << index;
    c->v[r].q[1] = 0;
}
HANDLER(EXTRQ_IMM) {
    GUARD_SSE;
    extract_field(c, o->rm, o->imm & 63, o->imm >> 8 & 63);
    NEXT;
}
ENTRY(EXTRQ_IMM);
HANDLER(EXTRQ) {
    GUARD_SSE;
    uint64_t control = c->v[o->rm].q[0];
    extract_field(c, o->reg, control & 63, control >> 8 & 63);
    NEXT;
}
ENTRY(EXTRQ);
HANDLER(INSERTQ_IMM) {
    GUARD_SSE;
    insert_field(c, o->reg, c->v[o->rm].q[0], o->imm & 63, o->imm >> 8 & 63);
    NEXT;
}
ENTRY(INSERTQ_IMM);
HANDLER(INSERTQ) {
    GUARD_SSE;
    uint64_t control = c->v[o->rm].q[1];
    insert_field(c, o->reg, c->v[o->rm].q[0], control & 63, control >> 8 & 63);
    NEXT;
}
ENTRY(INSERTQ);
