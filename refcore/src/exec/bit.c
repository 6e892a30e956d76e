/* SPDX-License-Identifier: BSD-2-Clause */
/* bit.c - bit tests and scans, counts, byte order. The bit offset of BT and its kin comes from imm8 or a
 * register; a memory operand with a register offset is a bit string (bit_string.h). */

#define INSN   BT
#define BODY   "bt.h"
#define SHAPES SHAPES_READ
#include "forms.h"

#define INSN   BTS
#define BODY   "bts.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define INSN   BTR
#define BODY   "btr.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define INSN   BTC
#define BODY   "btc.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define INSN   BSF
#define BODY   "bsf.h"
#define SHAPES SHAPES_LOAD
#include "forms.h"

#define INSN   BSR
#define BODY   "bsr.h"
#define SHAPES SHAPES_LOAD
#include "forms.h"

#define INSN   TZCNT
#define BODY   "tzcnt.h"
#define SHAPES SHAPES_LOAD
#include "forms.h"

#define INSN   LZCNT
#define BODY   "lzcnt.h"
#define SHAPES SHAPES_LOAD
#include "forms.h"

#define INSN   POPCNT
#define BODY   "popcnt.h"
#define SHAPES SHAPES_LOAD
#include "forms.h"

#define INSN   BSWAP
#define BODY   "bswap.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"

/* What four bits that leave a CRC-32C at its low end add to the rest of it. */
static const uint32_t crc32_remainder[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

#ifndef CRC32_ON_HOST
#define CRC32_ON_HOST __builtin_cpu_supports("sse4.2")
#endif
#define CRC32_ASM(crc, src, mnemonic) __asm__(mnemonic : "+r"(crc) : "r"(src))

#define INSN   CRC32
#define BODY   "crc32.h"
#define SHAPES SHAPES_LOAD
#include "forms.h"

#include "bit_string.h"
