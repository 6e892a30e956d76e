/* SPDX-License-Identifier: BSD-2-Clause */
/* op.h - one decoded instruction, as the run loop executes it. */
#ifndef REFCORE_CPU_OP_H
#define REFCORE_CPU_OP_H

#include <stdint.h>

struct cpu;
struct op;

/* Two back ends of the run loop from one source: direct threading by guaranteed tail calls (clang's musttail), or a plain
 * loop over returned pointers (any compiler; used under sanitizers). NEXT_OP() ends a handler that falls through. */
#if defined(REFCORE_TAIL) && REFCORE_TAIL
typedef void handler(struct cpu *c, const struct op *o);
#define HANDLER_RESULT void
#define GOTO_OP(target)                                                                                      \
    do {                                                                                                     \
        const struct op *goto_ = (target);                                                                   \
        __attribute__((musttail)) return goto_->run(c, goto_);                                               \
    } while (0)
#define TAIL_CALL(function)                                                                                  \
    do {                                                                                                     \
        __attribute__((musttail)) return function(c, o);                                                     \
    } while (0)
#define LEAVE_BLOCKS return
#else
typedef const struct op *handler(struct cpu *c, const struct op *o);
#define HANDLER_RESULT      const struct op *
#define GOTO_OP(target)     return (target)
#define TAIL_CALL(function) return function(c, o)
#define LEAVE_BLOCKS        return 0
#endif
#define NEXT GOTO_OP(o + 1)

/* bits of op.bits */
enum {
    OP_ADDRESS_16 = 0, /* effective addresses wrap at 64 KiB */
    OP_ADDRESS_32 = 1, /* ... at 4 GiB */
    OP_ADDRESS_64 = 2, /* ... not at all */
    OP_ADDRESS_MASK = 3,
    OP_SIZE_SHIFT = 2, /* operand size: 0 = 8 bits, 1 = 16, 2 = 32, 3 = 64 */
    OP_SIZE_MASK = 3 << OP_SIZE_SHIFT,
    OP_REP = 1 << 4,     /* F3 prefix (REP, REPE) */
    OP_REPNE = 1 << 5,   /* F2 prefix */
    OP_MEMORY = 1 << 6,  /* ModRM names memory (mod != 3) */
    OP_VEX_256 = 1 << 7, /* VEX.L */
};

/* 32 bytes: two to a cache line.
 * SIZED forms (see exec/forms.h): dest and src are the registers of the first and second operand in the row's order; for an
 * 8-bit general register they are BYTE OFFSETS into cpu.r (AH is RAX's offset + 1), otherwise register numbers.
 * ONE forms: reg = ModRM.reg or the register in the opcode, rm = ModRM.rm where mod = 3, vvvv = VEX.vvvv, or reg in a row
 * without an H or B operand; register numbers with REX/VEX extension, never byte offsets. */
struct op {
    handler *run;
    union {
        struct {
            uint8_t dest, src;
        };
        struct {
            uint8_t reg, rm;
        };
    };
    uint8_t base, index; /* of the effective address; R_ZERO where absent, R_BLOCK for RIP-relative */
    uint8_t scale;       /* 0..3 */
    uint8_t seg;         /* SEG_ES..SEG_GS after override and default */
    uint8_t vvvv;        /* see above; SIZED forms: register of the third operand */
    uint8_t bits;        /* OP_ADDRESS_..., OP_REP, ... */
    int32_t disp;        /* displacement; for RIP-relative relative to the block's first byte */
    uint8_t length;      /* of the instruction, 1..15 */
    uint8_t end;         /* offset of the next instruction from the block's first byte */
    uint8_t ordinal;     /* 1 for the block's first instruction */
    uint8_t block_bytes; /* in a block's first op: how many bytes the block has */
    uint64_t
        imm; /* immediate, sign-extended; far pointer: offset | selector << 32 (16:64 does not exist as an
                             immediate); ENTER: Iw | Ib << 16; moffs: the offset; relative branches: the displacement */
};

_Static_assert(sizeof(struct op) == 32, "an op is half a cache line");

#endif
