/* SPDX-License-Identifier: BSD-2-Clause */
/* branch.c - near control transfers and BOUND. */
#include "all_shapes.h"
#include "conditions.h"
#include "near_target.h"
#include "stack_access.h"

#define INSN   JMP
#define BODY   "jmp_near.h"
#define SHAPES SHAPES_SOURCE
#include "forms.h"

#define INSN   CALL
#define BODY   "call_near.h"
#define SHAPES SHAPES_SOURCE
#include "forms.h"

#include "bound.h"
#include "call_relative.h"
#include "jcc.h"
#include "jcxz.h"
#include "jmp_relative.h"
#include "loop.h"
#include "ret_near.h"
