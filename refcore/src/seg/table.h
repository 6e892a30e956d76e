/* SPDX-License-Identifier: BSD-2-Clause */
/* table.h - what the parts of seg/ and event/ share: reads of system tables, tests on descriptors, commits of
 * CS. */
#ifndef REFCORE_SEG_TABLE_H
#define REFCORE_SEG_TABLE_H

#include "seg.h"

/* bits of a descriptor's high doubleword. SDM Vol. 3A, "Segment Descriptors", "Gate Descriptors" */
enum {
    D_P = 1 << 15,
    D_S = 1 << 12,
    D_CODE = 1 << 11,
    D_CONFORMING = 1 << 10,
    D_WRITE_READ = 1 << 9,
    D_ACCESSED = 1 << 8
};
enum { D_L = 1 << 21, D_DB = 1 << 22, D_BUSY = 1 << 9 };
/* System types. SDM Vol. 3A, "System Descriptor Types" */
enum {
    TYPE_TSS16 = 1,
    TYPE_LDT = 2,
    TYPE_TSS16_BUSY = 3,
    TYPE_CALL16 = 4,
    TYPE_TASK_GATE = 5,
    TYPE_INT16 = 6,
    TYPE_TRAP16 = 7,
    TYPE_TSS32 = 9,
    TYPE_TSS32_BUSY = 11,
    TYPE_CALL32 = 12,
    TYPE_INT32 = 14,
    TYPE_TRAP32 = 15,
};

static inline struct descriptor descriptor_of(uint64_t bytes) {
    return (struct descriptor){.low = (uint32_t)bytes, .high = (uint32_t)(bytes >> 32)};
}
static inline bool d_present(struct descriptor d) {
    return (d.high & D_P) != 0;
}
static inline bool d_system(struct descriptor d) {
    return !(d.high & D_S);
}
static inline unsigned d_type(struct descriptor d) {
    return d.high >> 8 & 15;
}
static inline unsigned d_dpl(struct descriptor d) {
    return d.high >> 13 & 3;
}
static inline bool d_code(struct descriptor d) {
    return (d.high & (D_S | D_CODE)) == (D_S | D_CODE);
}
static inline bool d_conforming(struct descriptor d) {
    return (d.high & D_CONFORMING) != 0;
}
static inline bool d_data_writable(struct descriptor d) {
    return (d.high & (D_S | D_CODE | D_WRITE_READ)) == (D_S | D_WRITE_READ);
}
/* data, or code that can be read */
static inline bool d_readable(struct descriptor d) {
    return !d_system(d) && (d.high & (D_CODE | D_WRITE_READ)) != D_CODE;
}
static inline uint32_t d_limit(struct descriptor d) {
    uint32_t limit = (d.low & 0xffff) | (d.high & 0xf0000);
    return d.high & 1U << 23 ? limit << 12 | 0xfff : limit;
}
static inline uint32_t d_base(struct descriptor d) {
    return d.low >> 16 | (d.high & 0xff) << 16 | (d.high & 0xff000000);
}
/* of a gate */
static inline uint16_t gate_selector(struct descriptor d) {
    return (uint16_t)(d.low >> 16);
}
static inline uint32_t gate_offset(struct descriptor d) {
    return (d.low & 0xffff) | (d.high & 0xffff0000);
}

static inline bool selector_null(uint16_t selector) {
    return (selector & 0xfffc) == 0;
}
static inline unsigned selector_rpl(uint16_t selector) {
    return selector & 3;
}
#define SELECTOR_TI 4

/* vector(selector with EXT in bit 0). SDM Vol. 3A, "Error Code" */
_Noreturn static inline void selector_fault(struct cpu *c, unsigned vector, uint16_t selector, unsigned ext) {
    raise_fault_error(c, vector, (selector & 0xfffcU) | ext);
}

/* Implicit supervisor accesses to GDT, LDT, IDT and TSS (SDM Vol. 3A, "Determination of Access Rights"): at
 * `offset` from a table's base, wrapping at 4 GiB outside IA-32e mode. size 1, 2, 4, 8. */
static inline uint64_t table_linear(const struct cpu *c, uint64_t base, uint64_t offset) {
    return in_long_mode(c) ? base + offset : (uint32_t)(base + offset);
}
uint64_t table_read_slow(struct cpu *c, uint64_t linear, unsigned size);
static inline uint64_t table_read(struct cpu *c, uint64_t base, uint64_t offset, unsigned size) {
    uint64_t linear = table_linear(c, base, offset);
    const struct tlb_entry *e = tlb_slot(&c->tlbs[TLB_SUPERVISOR], linear + size - 1);
    if (LIKELY(e->read == (linear & ~UINT64_C(0xfff)))) {
        uint64_t value = 0;
        memcpy(&value, (const void *)(uintptr_t)(e->add + linear), size);
        return value;
    }
    return table_read_slow(c, linear, size);
}
void table_write(struct cpu *c, uint64_t base, uint64_t offset, uint64_t value, unsigned size);

/* The linear address of the descriptor `selector` names. Its table's limit has been checked. */
uint64_t descriptor_linear(const struct cpu *c, uint16_t selector);
/* Reads the second half of a 16-byte system descriptor into d->upper: beyond the limit, or with type bits in
 * its last doubleword, raises vector(selector | ext). SDM Vol. 3A, "IA-32e Mode Call Gates" */
void descriptor_read_upper(struct cpu *c, uint16_t selector, struct descriptor *d, unsigned vector,
                           unsigned ext);

/* Whether an instruction pointer lies in a code segment: its limit, or in 64-bit code canonical form. */
static inline bool target_is_64bit(const struct cpu *c, struct descriptor d) {
    return in_long_mode(c) && (d.high & D_L);
}
static inline bool target_in_segment(const struct cpu *c, struct descriptor d, uint64_t rip) {
    return target_is_64bit(c, d) ? is_canonical(c, rip) : rip <= d_limit(d);
}
/* The same of one that is unpacked. */
static inline bool segment_is_64bit(const struct cpu *c, const struct segment *s) {
    return in_long_mode(c) && (s->rights & AR_L);
}
static inline bool segment_holds(const struct cpu *c, const struct segment *s, uint64_t rip) {
    return segment_is_64bit(c, s) ? is_canonical(c, rip) : rip <= s->limit;
}
/* CS := d with RPL = cpl, CPL := cpl. The accessed flag has been written. The caller ends with
 * mode_changed(). */
void cs_commit(struct cpu *c, uint16_t selector, struct descriptor d, unsigned cpl);
/* CS := s, whose RPL is the CPL from now on, under the same conditions. */
static inline void cs_enter(struct cpu *c, const struct segment *s) {
    c->seg[SEG_CS] = *s;
    c->cpl = s->selector & 3;
}
/* Ends a transfer of real or virtual-8086 mode, whose flags were `flags_before`: seg_load_real() has left D
 * and the level as they were, so that in real mode only what the flags say is to be derived anew. */
static inline void real_transferred(struct cpu *c, uint64_t flags_before) {
    const uint64_t counting = FLAG_TF | FLAG_RF | FLAG_VM | FLAG_AC;
    if (UNLIKELY(!in_real(c) || c->step || ((c->rflags ^ flags_before) & counting)))
        mode_transferred(c);
}
/* A null SS of level `cpl`. */
struct segment stack_null(uint16_t selector, unsigned cpl);
/* SS := the null selector with RPL = cpl, as a 64-bit transfer to an inner level leaves it. */
void ss_commit_null(struct cpu *c, unsigned cpl);
/* Writes the accessed flag of a segment that load_inner_ss() or descriptor_unpack() has filled. */
void segment_set_accessed(struct cpu *c, struct segment *s);
/* A return to an outer level: ES, DS, FS, GS that the new CPL may not hold become null. SDM Vol. 2A, IRET,
 * "RETURN-TO-OUTER-PRIVILEGE-LEVEL" */
void null_inner_data_segments(struct cpu *c);

/* Descriptor checks of a far JMP's, CALL's or RETF's target are in far_*.c; these are shared. */
/* A call gate, with privilege and presence checked and its code segment read and type-checked (all but DPL).
 */
struct call_gate {
    uint16_t selector; /* of the code segment */
    struct descriptor code;
    uint64_t offset;
    unsigned size; /* of a stack slot: 2, 4, 8 */
    unsigned parameters;
};
struct call_gate call_gate_read(struct cpu *c, uint16_t selector, struct descriptor d);
/* Through a task gate or a TSS descriptor: all checks, then the switch. */
void task_gate_enter(struct cpu *c, uint16_t selector, struct descriptor d, enum task_source source);
void tss_enter(struct cpu *c, uint16_t selector, struct descriptor d, enum task_source source);
/* Checks the TSS that a gate names (#GP or, for a back link, #TS) and switches to it. */
void task_enter(struct cpu *c, uint16_t tss, enum task_source source, unsigned ext, bool has_error,
                uint32_t error);

/* Stack for SS and level: 16-bit, 32-bit, or (in_long) 64-bit. */
static inline struct stack stack_make(const struct segment *ss, uint64_t sp, unsigned cpl, uint32_t error) {
    return (struct stack){
        .ss = ss,
        .sp = (uint32_t)sp,
        .mask = ss->rights & AR_DB ? UINT64_C(0xffffffff) : UINT64_C(0xffff),
        .cpl = cpl,
        .error = error,
    };
}
static inline struct stack stack_make64(uint64_t sp, unsigned cpl, uint32_t error) {
    return (struct stack){.sp = sp, .mask = ~UINT64_C(0), .cpl = cpl, .error = error};
}
/* The current one; not to be used once SS has been loaded, but for stack_commit(). */
static inline struct stack stack_current(struct cpu *c) {
    return in_64bit_code(c) ? stack_make64(c->r[R_SP], c->cpl, 0)
                            : stack_make(&c->seg[SEG_SS], c->r[R_SP], c->cpl, 0);
}
/* Where the stack pointer is `by` bytes up. */
static inline uint64_t stack_moved(const struct stack *s, uint64_t by) {
    return (s->sp & ~s->mask) | ((s->sp + by) & s->mask);
}
/* `count` pushes or pops in a row, word by word: frame.h has the quick ones. */
COLD void stack_push_words(struct cpu *c, struct stack *s, const uint64_t *word, unsigned count,
                           unsigned size);
COLD void stack_pop_words(struct cpu *c, struct stack *s, uint64_t *word, unsigned count, unsigned size);
/* Limit or canonical checks of `count` pushes, without memory access. */
void stack_check_room(struct cpu *c, const struct stack *s, unsigned count, unsigned size);
/* Checks that `bytes` above the stack pointer lie within the segment. */
void stack_check_pop(struct cpu *c, const struct stack *s, unsigned bytes);
/* Moves the stack pointer up (RETF imm16). */
static inline void stack_drop(struct stack *s, unsigned bytes) {
    s->sp = stack_moved(s, bytes);
}
/* What stack_pop() of `size` bytes would read `bytes` above the stack pointer. */
uint64_t stack_peek(struct cpu *c, const struct stack *s, unsigned bytes, unsigned size);
/* rSP := s->sp by the width of the stack. */
static inline void stack_commit(struct cpu *c, const struct stack *s) {
    if (s->mask == 0xffff)
        memcpy(&c->r[R_SP], &s->sp, 2);
    else
        c->r[R_SP] = s->sp & s->mask;
}

#endif
