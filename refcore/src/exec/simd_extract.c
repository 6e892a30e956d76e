/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_extract.c - single elements and sign masks between vector and general registers. */
#include "simd.h"

#include "simd/extractps.h"
#include "simd/insertps.h"
#include "simd/pextrb.h"
#include "simd/pextrw.h"
#include "simd/pinsrb.h"
#include "simd/pinsrw.h"
#include "simd/pmovmskb.h"
