/* SPDX-License-Identifier: BSD-2-Clause */
/* processor_state.c - extended control, flags and bases that are reached by instructions of their own. */
#include "../cpu/cpuid.h"
#include "../cpu/msr.h"
#include "privileged.h"

#include "rdfsbase.h"
#include "rdpkru.h"
#include "stac.h"
#include "swapgs.h"
#include "wrfsbase.h"
#include "wrpkru.h"
#include "xgetbv.h"
#include "xsetbv.h"
