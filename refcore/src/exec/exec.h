/* SPDX-License-Identifier: BSD-2-Clause */
/* exec.h - what an instruction's source may say. The words are the manual's; statement order is fault order: nothing
 * architectural changes before the last statement that can fault. */
#ifndef REFCORE_EXEC_EXEC_H
#define REFCORE_EXEC_EXEC_H

#include "../cpu/bus.h"
#include "../cpu/profile.h"
#include "../event/event.h"

/* Handlers of one manual entry. forms SINGLE: run[0][0], and perhaps run[SHAPE_RM_FLAT][0] for a flat memory operand. forms SIZED: [shape][size], size 0..3 = 8, 16, 32, 64 bits. */
enum shape {
    SHAPE_RR,      /* register, register; or one register */
    SHAPE_RI,      /* register, immediate */
    SHAPE_RM_FLAT, /* register, memory; FLAT: base 0, no limit, 64-bit addresses, or 32-bit ones in MODE_FLAT; SEGMENTED: all else */
    SHAPE_RM,
    SHAPE_MR_FLAT, /* memory, register; or memory alone */
    SHAPE_MR,
    SHAPE_MI_FLAT, /* memory, immediate */
    SHAPE_MI,
    SHAPE_RM_BASE, /* as FLAT, of an address without an index: the most frequent entries alone have these, others 0 */
    SHAPE_MR_BASE,
    SHAPE_MI_BASE,
    SHAPE_COUNT
};
struct entry {
    handler *run[SHAPE_COUNT][4];
};

/* A handler: HANDLER(SYSCALL) { SYNC; ...; LEAVE; } and ENTRY(SYSCALL) after it makes entry_SYSCALL. */
#define HANDLER(name) static HANDLER_RESULT run_##name(struct cpu *c, const struct op *o)
#define ENTRY(name)   const struct entry entry_##name = {.run = {{run_##name}}}
/* With a handler of its own for a flat memory operand (SHAPE_RM_FLAT). */
#define ENTRY_FLAT(name)                                                                                     \
    const struct entry entry_##name = {.run = {{run_##name}, [SHAPE_RM_FLAT] = {run_##name##_flat}}}

#define SYNC                       cpu_sync(c, o)
/* Where raise_fault() is called directly (not by a mem_ function) in a handler without SYNC. */
#define RAISE(vector)              (c->op = o, raise_fault(c, vector))
#define RAISE_ERROR(vector, error) (c->op = o, raise_fault_error(c, vector, error))
#define GP0                        RAISE_ERROR(VECTOR_GP, 0)
#define UD                         RAISE(VECTOR_UD)

/* Ends of handlers. NEXT falls through (op.h). LEAVE: c->rip is set (after SYNC), back to the run loop, which looks for events
 * and finds or decodes the block at c->rip. LEAVE_NEXT: after SYNC, goes on with the next instruction the same way. */
HANDLER_RESULT block_leave(struct cpu *c, const struct op *o);
/* As LEAVE, without leaving where no event waits: for all that touches no device, whatever it does to mode, level and flags. */
HANDLER_RESULT block_resume(struct cpu *c, const struct op *o);
/* Indirect near branch to c->rip: looks up the block without leaving. Same contract as LEAVE, faster. */
HANDLER_RESULT block_indirect(struct cpu *c, const struct op *o);
/* Direct near branches: target c->rip was reached through link slot 0 (taken) or 1 (not taken) of the op after `o`. */
HANDLER_RESULT block_link_taken(struct cpu *c, const struct op *o);
HANDLER_RESULT block_link_fall(struct cpu *c, const struct op *o);
#define LEAVE  TAIL_CALL(block_leave)
#define RESUME TAIL_CALL(block_resume)
#define LEAVE_NEXT                                                                                           \
    do {                                                                                                     \
        c->rip = c->next_rip;                                                                                \
        LEAVE;                                                                                               \
    } while (0)
/* After DS, ES, FS or GS was loaded (and SYNC): the ops that follow may be those of flat segments. */
#define SEGMENT_NEXT                                                                                         \
    do {                                                                                                     \
        if (UNLIKELY(mode_flat(c, c->mode & MODE_CODE_32) != (c->mode & MODE_FLAT))) {                       \
            mode_changed(c);                                                                                 \
            RESUME_NEXT;                                                                                     \
        }                                                                                                    \
        NEXT;                                                                                                \
    } while (0)
#define RESUME_NEXT                                                                                          \
    do {                                                                                                     \
        c->rip = c->next_rip;                                                                                \
        RESUME;                                                                                              \
    } while (0)

/* MOV SS and POP SS, before mode_step_changed(): what they hold back until after the next instruction. In a block that goes
 * on no event waits (block.c, event_waits()), no step is due, and none can come before the next instruction, which
 * therefore need not run alone; an instruction that runs alone has no budget left. */
static inline void shadow_mov_ss(struct cpu *c, const struct op *o) {
    if (c->left < o->ordinal)
        c->shadow = SHADOW_MOV_SS;
}

/* operand size of a SINGLE handler, in bytes: 1, 2, 4, 8 */
#define OPERAND_BYTES (1U << ((o->bits & OP_SIZE_MASK) >> OP_SIZE_SHIFT))

/* Offset of the memory operand within its segment, wrapped to the address size. */
static inline uint64_t effective_address(const struct cpu *c, const struct op *o) {
    uint64_t offset = c->r[o->base] + (c->r[o->index] << o->scale) + (uint64_t)(int64_t)o->disp;
    switch (o->bits & OP_ADDRESS_MASK) {
    case OP_ADDRESS_16:
        return (uint16_t)offset;
    case OP_ADDRESS_32:
        return (uint32_t)offset;
    default:
        return offset;
    }
}
#define EA      effective_address(c, o)
/* the same for flat operands: no base, the mode's own address size, 64 or 32 bits */
#define FLAT_EA ((c->r[o->base] + (c->r[o->index] << o->scale) + (uint64_t)(int64_t)o->disp) & c->flat_mask)
/* where there is no index */
#define BASE_EA ((c->r[o->base] + (uint64_t)(int64_t)o->disp) & c->flat_mask)

/* General registers by number (never byte offsets). A 32-bit write zero-extends (SDM Vol. 1, "General-Purpose Registers
 * in 64-Bit Mode"). size in bytes 2, 4, 8. */
static inline uint64_t reg_read(const struct cpu *c, unsigned r, unsigned size) {
    return size == 8   ? c->r[r]
           : size == 4 ? (uint32_t)c->r[r]
           : size == 2 ? (uint16_t)c->r[r]
                       : (uint8_t)c->r[r];
}
static inline void reg_write(struct cpu *c, unsigned r, uint64_t value, unsigned size) {
    if (size == 8)
        c->r[r] = value;
    else if (size == 4)
        c->r[r] = (uint32_t)value;
    else if (size == 2)
        memcpy(&c->r[r], &value, 2);
    else
        memcpy(&c->r[r], &value, 1);
}
/* Memory by size in bytes 1, 2, 4, 8, at o->seg. */
static inline uint64_t load_size(struct cpu *c, const struct op *o, uint64_t offset, unsigned size) {
    switch (size) {
    case 1:
        return mem_read8(c, o, o->seg, offset);
    case 2:
        return mem_read16(c, o, o->seg, offset);
    case 4:
        return mem_read32(c, o, o->seg, offset);
    default:
        return mem_read64(c, o, o->seg, offset);
    }
}
static inline void store_size(struct cpu *c, const struct op *o, uint64_t offset, uint64_t value,
                              unsigned size) {
    switch (size) {
    case 1:
        mem_write8(c, o, o->seg, offset, (uint8_t)value);
        break;
    case 2:
        mem_write16(c, o, o->seg, offset, (uint16_t)value);
        break;
    case 4:
        mem_write32(c, o, o->seg, offset, (uint32_t)value);
        break;
    default:
        mem_write64(c, o, o->seg, offset, value);
        break;
    }
}
/* r/m operand of a SINGLE row, size in bytes. */
static inline uint64_t rm_read(struct cpu *c, const struct op *o, unsigned size) {
    return o->bits & OP_MEMORY ? load_size(c, o, EA, size) : reg_read(c, o->rm, size);
}
static inline void rm_write(struct cpu *c, const struct op *o, uint64_t value, unsigned size) {
    if (o->bits & OP_MEMORY)
        store_size(c, o, EA, value, size);
    else
        reg_write(c, o->rm, value, size);
}

/* The stack pointer's width: 64-bit mode 64, else SS.B. SDM Vol. 3A, "Stack Segment" / Vol. 2 PUSH "StackAddrSize". */
static inline uint64_t stack_mask(const struct cpu *c) {
    return in_64bit_code(c)          ? ~UINT64_C(0)
           : c->mode & MODE_STACK_32 ? UINT64_C(0xffffffff)
                                     : UINT64_C(0xffff);
}
static inline void set_sp(struct cpu *c, uint64_t sp) {
    uint64_t mask = stack_mask(c);
    if (mask == 0xffff)
        memcpy(&c->r[R_SP], &sp, 2);
    else
        c->r[R_SP] = sp & mask;
}

#endif
