/* SPDX-License-Identifier: BSD-2-Clause */
/* flags.h - shorthand for the flag columns of opcodes.def. */
#ifndef REFCORE_DECODE_FLAGS_H
#define REFCORE_DECODE_FLAGS_H

enum {
    F_0 = 0,
    F_C = 0x001,
    F_P = 0x004,
    F_A = 0x010,
    F_Z = 0x040,
    F_S = 0x080,
    F_O = 0x800,
    F_OSZAPC = F_O | F_S | F_Z | F_A | F_P | F_C,
    F_OSZPC = F_O | F_S | F_Z | F_P | F_C,
    F_OSZAP = F_O | F_S | F_Z | F_A | F_P,
    F_OC = F_O | F_C,
    F_SZP = F_S | F_Z | F_P,
};

#endif
