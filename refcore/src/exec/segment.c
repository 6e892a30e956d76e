/* SPDX-License-Identifier: BSD-2-Clause */
/* segment.c - segment registers, selectors, LDTR and TR. */
#include "../cpu/ablation.h" /* through SEGMENT_NEXT */
#include "far_pointer.h"
#include "selector_check.h"
#include "stack_access.h"

#include "arpl.h"
#include "lar.h"
#include "lds.h"
#include "lldt.h"
#include "lsl.h"
#include "mov_sreg.h"
#include "push_sreg.h"
#include "verr.h"
