/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_encode.h - random bytes of an encoding that a row describes. */
#ifndef REFCORE_TESTS_SILICON_ENCODE_H
#define REFCORE_TESTS_SILICON_ENCODE_H

#include "decode/decode.h"
#include "silicon_state.h"
#include "silicon_values.h"

struct encoding {
    uint8_t bytes[32];   /* 15 count */
    unsigned opcode_end; /* where ModRM or an immediate follows */
    unsigned disp_at, disp_size;
    bool address_prefix;
    bool spoiled; /* made to be undefined: LOCK where it is invalid */
};
/* Prefixes, opcode, ModRM, SIB; displacement and immediates random. May miss the row: decode() tells. */
struct encoding encode(struct random *r, const struct row *row, enum kind kind);
bool row_has_operand(const struct row *row, int operand);

#endif
