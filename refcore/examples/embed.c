/* SPDX-License-Identifier: BSD-2-Clause */
/* embed.c - a machine in another program: a few bytes of real-mode code, run, registers printed.
 *   cc -I../include embed.c librefcore.a -lm && ./a.out */
#include "refcore.h"

#include <inttypes.h>
#include <stdio.h>

static void debug_byte(void *context, uint8_t byte) {
    (void)context;
    putchar(byte);
}

int main(void) {
    static const uint8_t code[] = {
        0xb8, 0x39, 0x05,       /* mov ax, 1337 */
        0xbb, 0x03, 0x00,       /* mov bx, 3 */
        0xf7, 0xe3,             /* mul bx */
        0x50, 0xb0, '!',        /* push ax; mov al, '!' */
        0xe6, 0xe9,             /* out 0xe9, al */
        0x58, 0x89, 0xc1,       /* pop ax; mov cx, ax */
        0xb0, 0x00, 0xe6, 0xf4, /* mov al, 0; out 0xf4, al */
    };
    struct refcore *machine = refcore_create("intel-max", 1 << 20);
    if (!machine)
        return 2;
    refcore_write_memory(machine, 0x1000, code, sizeof code);

    struct refcore_state state;
    refcore_get_state(machine, &state);
    state.segment[1].selector = 0; /* CS */
    state.segment[1].base = 0;
    state.rip = 0x1000;
    state.gpr[4] = 0x8000; /* SP */
    if (!refcore_set_state(machine, &state))
        return 2;

    struct refcore_hooks hooks = {.debug_byte = debug_byte};
    refcore_set_hooks(machine, &hooks);
    enum refcore_end end = refcore_run(machine, 1000);

    refcore_get_state(machine, &state);
    printf("\nend %d, exit code %d, after %" PRIu64 " instructions\n", end, refcore_exit_code(machine),
           state.instructions);
    static const char *const names[] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    for (unsigned i = 0; i < 8; i++)
        printf("%s=%04" PRIx64 "%c", names[i], state.gpr[i], i == 7 ? '\n' : ' ');
    refcore_destroy(machine);
    return state.gpr[1] == 4011 ? 0 : 1;
}
