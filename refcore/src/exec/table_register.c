/* SPDX-License-Identifier: BSD-2-Clause */
/* table_register.c - GDTR and IDTR. */
#include "table_image.h"

#include "lgdt.h"
#include "lidt.h"
#include "sgdt.h"
#include "sidt.h"
