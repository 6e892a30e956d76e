/* SPDX-License-Identifier: BSD-2-Clause */
/* wait_state.c - halting, waiting, ordering, and doing nothing. */
#include "privileged.h"

#include "hlt.h"
#include "lfence.h"
#include "monitor.h"
#include "mwait.h"
#include "nop.h"
#include "serialize.h"
#include "ud.h"
