/* SPDX-License-Identifier: BSD-2-Clause */
/* logic.c - bitwise logic. */

#define INSN   AND
#define BODY   "and.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define INSN   OR
#define BODY   "or.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define INSN   XOR
#define BODY   "xor.h"
#define SHAPES SHAPES_RMW
#include "forms.h"

#define INSN   TEST
#define BODY   "test.h"
#define SHAPES SHAPES_READ
#include "forms.h"

#define INSN   NOT
#define BODY   "not.h"
#define SHAPES SHAPES_UNARY
#include "forms.h"
