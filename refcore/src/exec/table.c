/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#define OP(map_, opcode_, prefix_, modrm_, op1, op2, op3, op4, entry_name, forms_, written_, undefined_,     \
           attributes_, feature_, cite_)                                                                     \
    extern const struct entry entry_##entry_name;
#include "../decode/opcodes.def"
#undef OP

const struct entry *const entries[] = {
#define OP(map_, opcode_, prefix_, modrm_, op1, op2, op3, op4, entry_name, forms_, written_, undefined_,     \
           attributes_, feature_, cite_)                                                                     \
    &entry_##entry_name,
#include "../decode/opcodes.def"
#undef OP
};
