/* SPDX-License-Identifier: BSD-2-Clause */
/* x87_control.c - the unit's control, environment and whole state. */
#include "x87.h"

#include "x87/environment.h"

#include "x87/emms.h"
#include "x87/ffree.h"
#include "x87/fincstp.h"
#include "x87/fldcw.h"
#include "x87/fldenv.h"
#include "x87/fnclex.h"
#include "x87/fninit.h"
#include "x87/fnop.h"
#include "x87/fnsave.h"
#include "x87/fnstcw.h"
#include "x87/fnstenv.h"
#include "x87/fnstsw.h"
#include "x87/frstor.h"
#include "x87/fwait.h"
