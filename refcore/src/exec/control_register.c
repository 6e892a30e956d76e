/* SPDX-License-Identifier: BSD-2-Clause */
/* control_register.c - control registers. */
#include "control_write.h"

#include "clts.h"
#include "lmsw.h"
#include "mov_from_cr.h"
#include "mov_to_cr.h"
#include "smsw.h"
