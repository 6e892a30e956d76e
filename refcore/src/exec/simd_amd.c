/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_amd.c - SSE4A. */
#include "simd.h"

#include "simd/extrq.h"
#include "simd/movntss.h"
