/* SPDX-License-Identifier: BSD-2-Clause */
/* stack.c - PUSH, POP, PUSHA, POPA, ENTER, LEAVE. */
#include "all_shapes.h"
#include "stack_access.h"

#define INSN   PUSH
#define BODY   "push.h"
#define SHAPES SHAPES_SOURCE
#include "forms.h"

#include "enter.h"
#include "leave.h"
#include "pop.h"
#include "popa.h"
#include "push_immediate.h"
#include "push_register.h"
#include "pusha.h"
