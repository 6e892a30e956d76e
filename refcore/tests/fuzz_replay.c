/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_replay - runs inputs of the fuzzer again: fuzz_replay [-v] FILE... -v prints each instruction. */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    static uint8_t bytes[1 << 16];
    bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    unsigned done = 0;
    for (int i = verbose ? 2 : 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        if (!f) {
            perror(argv[i]);
            return 2;
        }
        size_t size = fread(bytes, 1, sizeof bytes, f);
        fclose(f);
        fprintf(stderr, "%s%s", argv[i], verbose ? "\n" : "\r"); /* shows which one aborted */
        fuzz_check(bytes, size, verbose);
        done++;
    }
    fprintf(stderr, "\n");
    printf("%u inputs, each the same in every way of running\n", done);
    return 0;
}
