/* SPDX-License-Identifier: BSD-2-Clause */
/* debug_access.h - what MOV to and from debug registers check alike. SDM Vol. 2B, MOV-Move to/from Debug
 * Registers; SDM Vol. 3B, "Debug Registers". */
#ifndef REFCORE_EXEC_DEBUG_ACCESS_H
#define REFCORE_EXEC_DEBUG_ACCESS_H

#include "privileged.h"

/* DR4 and DR5 are DR6 and DR7 unless CR4.DE. DR8 to DR15 do not exist. Answers the register's number; raises.
 */
static unsigned debug_register(struct cpu *c, const struct op *o) {
    unsigned dr = o->reg;
    if (dr >= 8 || ((dr == 4 || dr == 5) && (c->cr4 & CR4_DE)))
        UD;
    REQUIRE_CPL0;
    if (c->dr7 & DR7_GD) {
        c->dr6 |= DR6_BD;
        RAISE(VECTOR_DB);
    }
    return dr == 4 || dr == 5 ? dr + 2 : dr;
}

#endif
