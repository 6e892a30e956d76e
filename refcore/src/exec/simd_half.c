/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_half.c - F16C. */
#include "simd/fp.h"

#include "simd/vcvtph2ps.h"
