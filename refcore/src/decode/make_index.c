/* SPDX-License-Identifier: BSD-2-Clause */
/* make_index - build tool: prints, for every opcode of every map, which rows of opcodes.def lie under it. The
 * decoder includes the result, so that no table is built at run time. */
#include "decode.h"

#include <stdio.h>

int main(void) {
    printf("/* made by make_index from opcodes.def */\n");
    printf("static const uint16_t opcode_rows[] = {");
    unsigned first[MAP_COUNT * 256 + 1], n = 0;
    for (unsigned key = 0; key < MAP_COUNT * 256; key++) {
        first[key] = n;
        for (unsigned i = 0; i < row_count; i++) {
            if (rows[i].map == key / 256 && rows[i].opcode == key % 256) {
                printf("%s%u,", n % 20 ? " " : "\n    ", i);
                n++;
            }
        }
    }
    first[MAP_COUNT * 256] = n;
    printf("\n};\nstatic const uint16_t opcode_first[] = {");
    for (unsigned key = 0; key <= MAP_COUNT * 256; key++)
        printf("%s%u,", key % 20 ? " " : "\n    ", first[key]);
    printf("\n};\n");
    return n == row_count ? 0 : 1;
}
