/* SPDX-License-Identifier: BSD-2-Clause */
/* debug_register.c - debug registers. */
#include "debug_access.h"

#include "mov_from_dr.h"
#include "mov_to_dr.h"
