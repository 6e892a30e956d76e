/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_float.c - floating-point arithmetic and comparison. */
#include "simd/fp.h"

#include "simd/addps.h"
#include "simd/addsubps.h"
#include "simd/cmpps.h"
#include "simd/comiss.h"
#include "simd/divps.h"
#include "simd/dpps.h"
#include "simd/haddps.h"
#include "simd/maxps.h"
#include "simd/minps.h"
#include "simd/mulps.h"
#include "simd/rcpps.h"
#include "simd/roundps.h"
#include "simd/sqrtps.h"
#include "simd/subps.h"
