/* SPDX-License-Identifier: BSD-2-Clause */
/* x87_state.c - MXCSR, and the images of x87, SSE and extended state. */
#include "../cpu/cpuid.h"
#include "x87.h"

#include "x87/legacy_region.h"

#include "x87/fxrstor.h"
#include "x87/fxsave.h"
#include "x87/mxcsr.h"

#include "x87/extended_region.h"

#include "x87/xrstor.h"
#include "x87/xsave.h"
#include "x87/xsavec.h"
