/* SPDX-License-Identifier: BSD-2-Clause */
/* x87_arithmetic.c - the four operations, and the functions of one or two stack registers. */
#include "x87.h"

#include "x87/arithmetic.h"

#include "x87/fadd.h"
#include "x87/fdiv.h"
#include "x87/fdivr.h"
#include "x87/fmul.h"
#include "x87/fsub.h"
#include "x87/fsubr.h"

#include "x87/function.h"

#include "x87/f2xm1.h"
#include "x87/fabs.h"
#include "x87/fchs.h"
#include "x87/fcos.h"
#include "x87/fpatan.h"
#include "x87/fprem.h"
#include "x87/fprem1.h"
#include "x87/fptan.h"
#include "x87/frndint.h"
#include "x87/fscale.h"
#include "x87/fsin.h"
#include "x87/fsincos.h"
#include "x87/fsqrt.h"
#include "x87/fxtract.h"
#include "x87/fyl2x.h"
#include "x87/fyl2xp1.h"
