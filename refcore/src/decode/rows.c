/* SPDX-License-Identifier: BSD-2-Clause */
/* rows.c - opcodes.def as data. */
#include "decode.h"
#include "flags.h"
#include "operand.h"

#define MAP_ID_1     MAP_1
#define MAP_ID_0F    MAP_0F
#define MAP_ID_0F38  MAP_0F38
#define MAP_ID_0F3A  MAP_0F3A
#define MAP_ID_V0F   MAP_V0F
#define MAP_ID_V0F38 MAP_V0F38
#define MAP_ID_V0F3A MAP_V0F3A

const struct row rows[] = {
#define OP(map_, opcode_, prefix_, modrm_, op1, op2, op3, op4, entry_, forms_, written_, undefined_,         \
           attributes_, feature_, cite_)                                                                     \
    {.name = #entry_,                                                                                        \
     .map = MAP_ID_##map_,                                                                                   \
     .opcode = (opcode_),                                                                                    \
     .prefix = (prefix_),                                                                                    \
     .forms = (forms_),                                                                                      \
     .modrm = (modrm_),                                                                                      \
     .operand = {op1, op2, op3, op4},                                                                        \
     .flags_written = (written_),                                                                            \
     .flags_undefined = (undefined_),                                                                        \
     .attributes = (attributes_),                                                                            \
     .feature = FEATURE_##feature_,                                                                          \
     .cite = (cite_)},
#include "opcodes.def"
#undef OP
};
const unsigned row_count = sizeof rows / sizeof *rows;
