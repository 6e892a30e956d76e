/* SPDX-License-Identifier: BSD-2-Clause */
/* json.h - opcodes.def for programs. */
#ifndef REFCORE_DECODE_JSON_H
#define REFCORE_DECODE_JSON_H

#include <stdio.h>

/* Prints every row as one JSON object, one a line, in an array, in the table's order. docs/refcore.md has the
 * fields. */
void opcodes_json(FILE *to);

#endif
