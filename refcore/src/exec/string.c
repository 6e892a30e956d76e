/* SPDX-License-Identifier: BSD-2-Clause */
/* string.c - MOVS, CMPS, SCAS, LODS, STOS with their repeat prefixes. */
#include "string_access.h"

#include <emmintrin.h>

#include "cmps.h"
#include "lods.h"
#include "movs.h"
#include "scas.h"
#include "stos.h"
