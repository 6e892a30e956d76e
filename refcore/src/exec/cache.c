/* SPDX-License-Identifier: BSD-2-Clause */
/* cache.c - caches and translation caches. */
#include "../cpu/msr.h"
#include "privileged.h"

#include "clflush.h"
#include "clzero.h"
#include "invd.h"
#include "invlpg.h"
#include "invpcid.h"
