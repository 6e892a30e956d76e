/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_move.c - moves, masked stores, register clearing. */
#include "simd.h"

#include "simd/maskmovdqu.h"
#include "simd/movaps.h"
#include "simd/movd.h"
#include "simd/movdq2q.h"
#include "simd/movlps.h"
#include "simd/movntps.h"
#include "simd/movq.h"
#include "simd/movss.h"
#include "simd/movups.h"
#include "simd/vzeroall.h"
