/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_string.c - SSE4.2 text processing. */
#include "simd.h"

#include "simd/pcmpestri.h"
