/* SPDX-License-Identifier: BSD-2-Clause */
/* table.h - the handlers of every row of opcodes.def, in its order. */
#ifndef REFCORE_EXEC_TABLE_H
#define REFCORE_EXEC_TABLE_H

#include "exec.h"

extern const struct entry *const entries[];
extern const struct entry entry_MOV, entry_MOV_FROM_MOFFS, entry_MOV_TO_MOFFS;

#endif
