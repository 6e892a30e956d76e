/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_convert.c - conversions between floating-point formats and integers. */
#include "simd/fp.h"

#include "simd/cvtdq2ps.h"
#include "simd/cvtpd2ps.h"
#include "simd/cvtpi2ps.h"
#include "simd/cvtps2pd.h"
#include "simd/cvtsi2ss.h"
#include "simd/cvtss2sd.h"
#include "simd/cvtss2si.h"
