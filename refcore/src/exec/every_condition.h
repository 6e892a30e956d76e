/* SPDX-License-Identifier: BSD-2-Clause */
/* every_condition.h - expands one manual entry "...cc" for the sixteen conditions.
 *
 *     #define CC_NAME(condition) CMOV##condition   // makes entry_CMOVO, entry_CMOVNO, ... entry_CMOVNLE
 *     #define CC_BODY "cmovcc.h"      // may say CONDITION
 *     #define CC_SHAPES SHAPES_LOAD
 *     #include "every_condition.h"
 */

#define INSN      CC_NAME(O)
#define CONDITION CONDITION_O
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(NO)
#define CONDITION CONDITION_NO
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(B)
#define CONDITION CONDITION_B
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(NB)
#define CONDITION CONDITION_NB
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(Z)
#define CONDITION CONDITION_Z
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(NZ)
#define CONDITION CONDITION_NZ
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(BE)
#define CONDITION CONDITION_BE
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(NBE)
#define CONDITION CONDITION_NBE
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(S)
#define CONDITION CONDITION_S
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(NS)
#define CONDITION CONDITION_NS
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(P)
#define CONDITION CONDITION_P
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(NP)
#define CONDITION CONDITION_NP
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(L)
#define CONDITION CONDITION_L
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(NL)
#define CONDITION CONDITION_NL
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(LE)
#define CONDITION CONDITION_LE
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#define INSN      CC_NAME(NLE)
#define CONDITION CONDITION_NLE
#define BODY      CC_BODY
#define SHAPES    CC_SHAPES
#include "forms.h"
#undef CONDITION

#undef CC_NAME
#undef CC_BODY
#undef CC_SHAPES
