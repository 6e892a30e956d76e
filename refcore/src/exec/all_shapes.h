/* SPDX-License-Identifier: BSD-2-Clause */
/* all_shapes.h - the table of an entry whose handlers differ by operand size alone. */
#ifndef REFCORE_EXEC_ALL_SHAPES_H
#define REFCORE_EXEC_ALL_SHAPES_H

#include "exec.h"

#define ALL_SHAPES(name, size16, size32, size64)                                                             \
    const struct entry entry_##name = {.run = {[0 ... SHAPE_COUNT - 1] = {0, size16, size32, size64}}}

#endif
