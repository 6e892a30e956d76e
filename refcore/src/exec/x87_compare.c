/* SPDX-License-Identifier: BSD-2-Clause */
/* x87_compare.c - comparisons and classification. */
#include "x87.h"

#include "x87/comparison.h"

#include "x87/fcom.h"
#include "x87/ficom.h"
#include "x87/ftst.h"
#include "x87/fucom.h"
#include "x87/fxam.h"

#include "x87/fcomi.h" /* on the comparisons of fcom.h and fucom.h */
