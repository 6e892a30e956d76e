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

#define INSN   CRC32
#define BODY   "crc32.h"
#define SHAPES SHAPES_LOAD
#include "forms.h"

#include "bit_string.h"
