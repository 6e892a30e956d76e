/* SPDX-License-Identifier: BSD-2-Clause */
/* decode.h - the opcode table and the instruction decoder. */
#ifndef REFCORE_DECODE_DECODE_H
#define REFCORE_DECODE_DECODE_H

#include "../cpu/profile.h"

#include <stddef.h>
#include <stdint.h>

/* opcode maps */
enum opcode_map { MAP_1, MAP_0F, MAP_0F38, MAP_0F3A, MAP_V0F, MAP_V0F38, MAP_V0F3A, MAP_COUNT };

/* mandatory prefixes a row accepts: the effective one is F2 or F3 (the last of them), else 66, else none */
enum { P_NONE = 1, P_66 = 2, P_F3 = 4, P_F2 = 8, P_ANY = 15, P_NOREP = P_NONE | P_66 };

/* ModRM constraints of a row: low bits: /digit + 1, or 0 for any */
enum {
    MODRM_NONE = 0x000, /* the opcode has no ModRM byte */
    MODRM_ANY = 0x100,
    MODRM_MEM = 0x300,   /* mod != 3 */
    MODRM_REG = 0x500,   /* mod == 3 */
    MODRM_EXACT = 0x800, /* low 8 bits are the whole byte */
};
#define NO        MODRM_NONE
#define RM        MODRM_ANY
#define RM_M      MODRM_MEM
#define RM_R      MODRM_REG
#define X(n)      (MODRM_ANY | ((n) + 1)) /* /n */
#define XM(n)     (MODRM_MEM | ((n) + 1)) /* /n, memory only */
#define XR(n)     (MODRM_REG | ((n) + 1)) /* /n, register only */
#define FIX(byte) (MODRM_EXACT | (byte))  /* the whole ModRM byte */

/* attributes */
enum {
    A_LOCK = 1 << 0, /* LOCK is valid with a memory destination */
    A_I64 = 1 << 1,  /* invalid in 64-bit mode */
    A_O64 = 1 << 2,  /* only valid in 64-bit mode */
    A_D64 = 1 << 3,  /* operand size 64 by default in 64-bit mode (66 gives 16) */
    A_F64 = 1 << 4,  /* operand size 64 forced in 64-bit mode (near branches: see branch_operand16_long) */
    A_PE = 1 << 5,   /* #UD in real and vm86 mode */
    A_W0 = 1 << 6,
    A_W1 = 1 << 7, /* VEX.W (or REX.W where no VEX) must be 0 / 1 */
    A_L0 = 1 << 8,
    A_L1 = 1 << 9, /* VEX.L must be 0 / 1 */
    A_NOVVVV =
        1
        << 10, /* VEX.vvvv must be 1111b. Set by the decoder itself for VEX rows without an H or B operand */
    A_END =
        1 << 11, /* ends a block: control transfer, mode change, anything after which events are looked for */
    A_FALLBACK =
        1 << 12, /* without the feature the prefix is ignored and the row for P_NONE decodes (TZCNT, LZCNT) */
    A_BYTE = 1 << 13,   /* 8-bit operation: operand size 8 */
    A_STRING = 1 << 14, /* REP prefixes are meaningful */
    A_UD = 1 << 15,     /* a defined way to raise #UD (UD0, UD1, UD2) */
    A_X87 = 1 << 16,
    A_MMX = 1 << 17,
    A_SSE = 1 << 18,
    A_AVX = 1 << 19,  /* which of cpu.unavailable guard it */
    A_CPL0 = 1 << 20, /* #GP(0) at CPL > 0 (informative; the entry checks) */
    A_SYS = 1 << 21,  /* not for the silicon comparison at CPL 3: privileged, I/O, or not repeatable */
    A_INTEL64 = 1 << 22,
    A_AMD64 = 1 << 23, /* row of one vendor only, in 64-bit mode */
    A_REG0 = 1 << 24,  /* reserved */
};

enum forms { SIZED, SINGLE };

/* One row of opcodes.def. */
struct row {
    const char *name; /* entry */
    uint8_t map, opcode, prefix, forms;
    uint16_t modrm;
    uint8_t operand[4];
    uint16_t flags_written, flags_undefined;
    uint32_t attributes;
    uint16_t feature;
    const char *cite;
};
extern const struct row rows[];
extern const unsigned row_count;

/* A decoded instruction. */
struct insn {
    const struct row *row; /* NULL: undefined */
    uint16_t row_index;
    uint8_t length;         /* 1..15 */
    uint8_t operand_bits;   /* 8, 16, 32, 64 */
    uint8_t address_bits;   /* 16, 32, 64 */
    uint8_t segment;        /* of the memory operand */
    uint8_t segment_prefix; /* SEG_... + 1, 0: none */
    bool lock, rex_present, operand_prefix, address_prefix, vex, vex_l, w;
    uint8_t rep;           /* 0, 0xf3, 0xf2: the last of them */
    uint8_t vvvv;          /* register number (already inverted) */
    uint8_t opcode, modrm; /* as in the bytes */
    uint8_t mod, reg, rm;  /* with REX/VEX extension */
    bool memory;
    uint8_t base, index, scale; /* R_ZERO where absent; R_BLOCK: RIP-relative */
    int64_t disp;
    uint64_t imm;
    uint8_t imm_bits;
};

enum decode_status {
    DECODE_OK,
    DECODE_UNDEFINED, /* #UD */
    DECODE_TOO_LONG,  /* beyond 15 bytes: #GP(0) */
    DECODE_MORE,      /* needs more than `size` bytes */
};
/* Decodes bytes[0..size) (size up to 15) under a mode word and a profile. Never reads beyond size. */
enum decode_status decode(const struct profile *p, uint32_t mode, const uint8_t *bytes, unsigned size,
                          struct insn *to);
/* Disassembles for --trace: SDM-like text, NUL-terminated within `room`. */
void disassemble(const struct insn *i, uint64_t rip, char *text, size_t room);

#endif
