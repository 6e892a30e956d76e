/* SPDX-License-Identifier: BSD-2-Clause */
/* shift.c - shifts and rotates. Each has three entries: by imm8, by 1, by CL. */

#define COUNT  ((uint8_t)IMM)
#define INSN   ROL
#define BODY   "rol.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  1U
#define INSN   ROL_1
#define BODY   "rol.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)c->r[R_CX])
#define INSN   ROL_CL
#define BODY   "rol.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)IMM)
#define INSN   ROR
#define BODY   "ror.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  1U
#define INSN   ROR_1
#define BODY   "ror.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)c->r[R_CX])
#define INSN   ROR_CL
#define BODY   "ror.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)IMM)
#define INSN   RCL
#define BODY   "rcl.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  1U
#define INSN   RCL_1
#define BODY   "rcl.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)c->r[R_CX])
#define INSN   RCL_CL
#define BODY   "rcl.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)IMM)
#define INSN   RCR
#define BODY   "rcr.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  1U
#define INSN   RCR_1
#define BODY   "rcr.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)c->r[R_CX])
#define INSN   RCR_CL
#define BODY   "rcr.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)IMM)
#define INSN   SHL
#define BODY   "shl.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  1U
#define INSN   SHL_1
#define BODY   "shl.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)c->r[R_CX])
#define INSN   SHL_CL
#define BODY   "shl.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)IMM)
#define INSN   SHR
#define BODY   "shr.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  1U
#define INSN   SHR_1
#define BODY   "shr.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)c->r[R_CX])
#define INSN   SHR_CL
#define BODY   "shr.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)IMM)
#define INSN   SAR
#define BODY   "sar.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  1U
#define INSN   SAR_1
#define BODY   "sar.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)c->r[R_CX])
#define INSN   SAR_CL
#define BODY   "sar.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)IMM)
#define INSN   SHLD
#define BODY   "shld.h"
#define SHAPES SHAPES_EXCHANGE
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)c->r[R_CX])
#define INSN   SHLD_CL
#define BODY   "shld.h"
#define SHAPES SHAPES_EXCHANGE
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)IMM)
#define INSN   SHRD
#define BODY   "shrd.h"
#define SHAPES SHAPES_EXCHANGE
#include "forms.h"
#undef COUNT

#define COUNT  ((uint8_t)c->r[R_CX])
#define INSN   SHRD_CL
#define BODY   "shrd.h"
#define SHAPES SHAPES_EXCHANGE
#include "forms.h"
#undef COUNT
