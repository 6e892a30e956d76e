/* SPDX-License-Identifier: BSD-2-Clause */
/* forms_size.h - the operand forms of one size; included by forms.h only. */
#if BITS == 8
#define REG(n)        (REG8_AT(n))
#define SET_REG(n, v) (REG8_AT(n) = (uint8_t)(v))
#elif BITS == 16
#define REG(n)        ((uint16_t)c->r[n])
#define SET_REG(n, v) reg_write(c, n, (uint16_t)(v), 2)
#elif BITS == 32
#define REG(n)        ((uint32_t)c->r[n])
#define SET_REG(n, v) (c->r[n] = (uint32_t)(v))
#else
#define REG(n)        (c->r[n])
#define SET_REG(n, v) (c->r[n] = (uint64_t)(v))
#endif
#define THIRD            REG(o->vvvv)
#define MEM(verb)        PASTE(mem_##verb, BITS)
/* a flat access is checked by its TLB tag alone: tags are canonical, and what misses ends in the twin */
#define LINEAR_MEM(verb) PASTE(PASTE(mem_##verb, BITS), _linear)

#define FORM(shape)      static HANDLER_RESULT PASTE3(INSN, shape, BITS)(struct cpu * c, const struct op *o)
/* The twin of a memory form that checks all and raises what there is to raise: the quick ones end in it where the TLB does not
 * know the place, so that they need no stack frame. */
#define TWIN(shape)      static COLD HANDLER_RESULT PASTE3(INSN, shape, BITS)(struct cpu * c, const struct op *o)
#define NEAR_EA(access_) mem_place(c, o->seg, EA, BITS / 8, access_)

#define DEST           REG(o->dest)
#define SET_DEST(v)    SET_REG(o->dest, v)
#define WRITE_CYCLE(v) ((void)0)
#define SRC            REG(o->src)
#define SRC_OF(n)      PASTE(REGISTER_, n)(o->src)
FORM(rr) {
#include BODY
    NEXT;
}
#undef SRC
#undef SRC_OF
#if SHAPES_ARE_BINARY || SHAPES == SHAPES_LOAD
#define SRC       ((T)o->imm)
#define SRC_OF(n) ((T)o->imm)
FORM(ri) {
#include BODY
    NEXT;
}
#undef SRC
#undef SRC_OF
#define SRC       MEM(read)(c, o, o->seg, EA)
#define SRC_OF(n) PASTE(mem_read, n)(c, o, o->seg, EA)
TWIN(rmt) {
#include BODY
    NEXT;
}
#undef SRC
#undef SRC_OF
/* The source may be up to 32 bits wide whatever the operand size (SRC_OF). */
#define SOURCE_BYTES (BITS / 8 > 4 ? BITS / 8 : 4)
#define SRC          PASTE(host_read, BITS)(e->add + address)
#define SRC_OF(n)    PASTE(host_read, n)(e->add + address)
#define SOURCE_PLACE(linear)                                                                                 \
    uint64_t address = (linear);                                                                             \
    const struct tlb_entry *e = tlb_slot(c->tlb, address + SOURCE_BYTES - 1);                                \
    if (UNLIKELY(e->read != (address & ~UINT64_C(0xfff))))                                                   \
    TAIL_CALL(PASTE3(INSN, rmt, BITS))
FORM(rmf) {
    SOURCE_PLACE(FLAT_EA);
#include BODY
    NEXT;
}
#ifdef BASE_FORMS
FORM(rmb) {
    SOURCE_PLACE(BASE_EA);
#include BODY
    NEXT;
}
#endif
FORM(rms) {
    SOURCE_PLACE(mem_place(c, o->seg, EA, SOURCE_BYTES, ACCESS_READ));
#include BODY
    NEXT;
}
#undef SOURCE_PLACE
#undef SOURCE_BYTES
#undef SRC
#undef SRC_OF
#endif
#undef DEST
#undef SET_DEST
#undef WRITE_CYCLE

#if SHAPES != SHAPES_LOAD
/* memory destinations: the address is computed once */
#if SHAPES == SHAPES_READ || SHAPES == SHAPES_SOURCE
#define SEGMENT_ACCESS ACCESS_READ
#define FLAT_TAG       read
#define DEST           LINEAR_MEM(read)(c, o, address)
#else
#define SEGMENT_ACCESS ACCESS_WRITE
#define FLAT_TAG       write
#define DEST           (DEFECT(c, HALF_DONE_RMW) ? LINEAR_MEM(read)(c, o, address) : LINEAR_MEM(modify)(c, o, address))
#endif
#define SET_DEST(v)    LINEAR_MEM(write)(c, o, address, (T)(v))
#define WRITE_CYCLE(v) SET_DEST(v)
#define SRC            REG(o->src)
TWIN(mrt) {
    uint64_t address = mem_linear(c, o, o->seg, EA, BITS / 8, SEGMENT_ACCESS);
#include BODY
    NEXT;
}
#undef SRC
#if SHAPES_ARE_BINARY
#define SRC ((T)o->imm)
TWIN(mit) {
    uint64_t address = mem_linear(c, o, o->seg, EA, BITS / 8, SEGMENT_ACCESS);
#include BODY
    NEXT;
}
#undef SRC
#endif
#undef DEST
#undef SET_DEST

#define DEST        PASTE(host_read, BITS)(place)
#define SET_DEST(v) PASTE(host_write, BITS)(place, (T)(v))
#define PLACE(linear, twin)                                                                                  \
    uint64_t address = (linear);                                                                             \
    const struct tlb_entry *e = tlb_slot(c->tlb, address + BITS / 8 - 1);                                    \
    if (UNLIKELY(e->FLAT_TAG != (address & ~UINT64_C(0xfff))))                                               \
        TAIL_CALL(PASTE3(INSN, twin, BITS));                                                                 \
    uint64_t place = e->add + address
#define SRC REG(o->src)
FORM(mrf) {
    PLACE(FLAT_EA, mrt);
#include BODY
    NEXT;
}
#ifdef BASE_FORMS
FORM(mrb) {
    PLACE(BASE_EA, mrt);
#include BODY
    NEXT;
}
#endif
FORM(mrs) {
    PLACE(NEAR_EA(SEGMENT_ACCESS), mrt);
#include BODY
    NEXT;
}
#undef SRC
#if SHAPES_ARE_BINARY
#define SRC ((T)o->imm)
FORM(mif) {
    PLACE(FLAT_EA, mit);
#include BODY
    NEXT;
}
#ifdef BASE_FORMS
FORM(mib) {
    PLACE(BASE_EA, mit);
#include BODY
    NEXT;
}
#endif
FORM(mis) {
    PLACE(NEAR_EA(SEGMENT_ACCESS), mit);
#include BODY
    NEXT;
}
#undef SRC
#endif
#undef SEGMENT_ACCESS
#undef FLAT_TAG
#undef PLACE
#undef DEST
#undef SET_DEST
#undef WRITE_CYCLE
#endif
#undef FORM
#undef TWIN
#undef NEAR_EA
#undef LINEAR_MEM
#undef MEM
#undef THIRD
#undef REG
#undef SET_REG
