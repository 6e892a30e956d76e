/* SPDX-License-Identifier: BSD-2-Clause */
/* transfer.c - far transfers, software interrupts, returns, fast system calls. */
#include "../event/syscall.h"
#include "far_pointer.h"

#include "call_far.h"
#include "fast_call.h"
#include "int.h"
#include "iret.h"
#include "jmp_far.h"
#include "ret_far.h"
