/* SPDX-License-Identifier: BSD-2-Clause */
/* arithmetic.c - binary integer arithmetic. */

#define INSN   ADD
#define BODY   "add.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define INSN   ADC
#define BODY   "adc.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define INSN   SUB
#define BODY   "sub.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define INSN   SBB
#define BODY   "sbb.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define BASE_FORMS
#define INSN   CMP
#define BODY   "cmp.h"
#define SHAPES SHAPES_READ
#include "forms.h"

#define INSN   INC
#define BODY   "inc.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"

#define INSN   DEC
#define BODY   "dec.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"

#define INSN   NEG
#define BODY   "neg.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"

#define INSN   XADD
#define BODY   "xadd.h"
#define SHAPES SHAPES_EXCHANGE
#include "forms.h"

#define INSN   CMPXCHG
#define BODY   "cmpxchg.h"
#define SHAPES SHAPES_EXCHANGE
#include "forms.h"

#define OPERANDS_Y
#define INSN   ADCX
#define BODY   "adcx.h"
#define SHAPES SHAPES_LOAD
#include "forms.h"

#define OPERANDS_Y
#define INSN   ADOX
#define BODY   "adox.h"
#define SHAPES SHAPES_LOAD
#include "forms.h"

#include "cmpxchg8b.h"
