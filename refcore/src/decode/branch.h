/* SPDX-License-Identifier: BSD-2-Clause */
/* branch.h - which instructions are branches to single-stepping on branches: SDM Vol. 3B, "Single-Stepping on
 * Branches"; APM Vol. 2, "Control-Transfer Breakpoint Feature". */
#ifndef REFCORE_DECODE_BRANCH_H
#define REFCORE_DECODE_BRANCH_H

#include "decode.h"

enum branch { BRANCH_NONE, BRANCH_CONDITIONAL, BRANCH_ALWAYS };

static inline enum branch branch_of(const struct insn *i) {
    unsigned code = i->row->opcode, digit = i->modrm >> 3 & 7;
    if (i->row->map == MAP_1) {
        if ((code >= 0x70 && code <= 0x7f) || (code >= 0xe0 && code <= 0xe3)) /* Jcc, LOOPcc, JCXZ */
            return BRANCH_CONDITIONAL;
        if (code == 0xff)
            return digit >= 2 && digit <= 5 ? BRANCH_ALWAYS : BRANCH_NONE;
        return code == 0x9a || code == 0xc2 || code == 0xc3 || code == 0xca || code == 0xcb || code == 0xcf ||
                       (code >= 0xe8 && code <= 0xeb)
                   ? BRANCH_ALWAYS
                   : BRANCH_NONE;
    }
    if (i->row->map != MAP_0F)
        return BRANCH_NONE;
    if (code >= 0x80 && code <= 0x8f)
        return BRANCH_CONDITIONAL;
    /* SYSCALL, SYSRET, SYSENTER, SYSEXIT */
    return code == 0x05 || code == 0x07 || code == 0x34 || code == 0x35 ? BRANCH_ALWAYS : BRANCH_NONE;
}

#endif
