/* SPDX-License-Identifier: BSD-2-Clause */
/* x87_move.c - loads, stores, constants, moves between stack registers. */
#include "x87.h"

#include "x87/transfer.h"

#include "x87/fbld.h"
#include "x87/fbstp.h"
#include "x87/fcmov.h"
#include "x87/fconst.h"
#include "x87/fild.h"
#include "x87/fist.h"
#include "x87/fisttp.h"
#include "x87/fld.h"
#include "x87/fst.h"
#include "x87/fxch.h"
