/* SPDX-License-Identifier: BSD-2-Clause */
/* multiply.c - multiplication and division. */
#include "forms_double.h"

#define INSN   MUL
#define BODY   "mul.h"
#define SHAPES SHAPES_SOURCE
#include "forms.h"

#define INSN   IMUL_1
#define BODY   "imul_one_operand.h"
#define SHAPES SHAPES_SOURCE
#include "forms.h"

#define FACTOR_1 DEST
#define FACTOR_2 SRC
#define INSN     IMUL
#define BODY     "imul.h"
#define SHAPES   SHAPES_LOAD
#include "forms.h"
#undef FACTOR_1
#undef FACTOR_2

#define FACTOR_1 SRC
#define FACTOR_2 IMM
#define INSN     IMUL_3
#define BODY     "imul.h"
#define SHAPES   SHAPES_LOAD
#include "forms.h"
#undef FACTOR_1
#undef FACTOR_2

#define INSN   DIV
#define BODY   "div.h"
#define SHAPES SHAPES_SOURCE
#include "forms.h"

#define INSN   IDIV
#define BODY   "idiv.h"
#define SHAPES SHAPES_SOURCE
#include "forms.h"
