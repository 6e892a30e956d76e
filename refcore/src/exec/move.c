/* SPDX-License-Identifier: BSD-2-Clause */
/* move.c - data movement. */
#include "conditions.h"

#define BASE_FORMS
#define INSN   MOV
#define BODY   "mov.h"
#define SHAPES SHAPES_WRITE
#include "forms.h"

#define OPERANDS_Y
#define INSN   MOVNTI
#define BODY   "mov.h"
#define SHAPES SHAPES_WRITE
#include "forms.h"

#define INSN   XCHG
#define BODY   "xchg.h"
#define SHAPES SHAPES_EXCHANGE
#include "forms.h"

#define INSN   MOVBE
#define BODY   "movbe.h"
#define SHAPES SHAPES_WRITE
#include "forms.h"

#define SOURCE_BITS 8
#define INSN        MOVZX_B
#define BODY        "movzx.h"
#define SHAPES      SHAPES_LOAD
#include "forms.h"
#undef SOURCE_BITS

#define SOURCE_BITS 16
#define INSN        MOVZX_W
#define BODY        "movzx.h"
#define SHAPES      SHAPES_LOAD
#include "forms.h"
#undef SOURCE_BITS

#define SOURCE_BITS   8
#define SOURCE_SIGNED int8_t
#define INSN          MOVSX_B
#define BODY          "movsx.h"
#define SHAPES        SHAPES_LOAD
#include "forms.h"
#undef SOURCE_BITS
#undef SOURCE_SIGNED

#define SOURCE_BITS   16
#define SOURCE_SIGNED int16_t
#define INSN          MOVSX_W
#define BODY          "movsx.h"
#define SHAPES        SHAPES_LOAD
#include "forms.h"
#undef SOURCE_BITS
#undef SOURCE_SIGNED

#define SOURCE_BITS   32
#define SOURCE_SIGNED int32_t
#define INSN          MOVSXD
#define BODY          "movsx.h"
#define SHAPES        SHAPES_LOAD
#include "forms.h"
#undef SOURCE_BITS
#undef SOURCE_SIGNED

#define CC_NAME(condition) CMOV##condition
#define CC_BODY            "cmovcc.h"
#define CC_SHAPES          SHAPES_LOAD
#include "every_condition.h"

#define CC_NAME(condition) SET##condition
#define CC_BODY            "setcc.h"
#define CC_SHAPES          SHAPES_UNARY
#include "every_condition.h"

#include "all_shapes.h"
#include "cbw.h"
#include "cwd.h"
#include "lea.h"
#include "mov_moffs.h"
#include "nop_90.h"
#include "xlat.h"
