/* SPDX-License-Identifier: BSD-2-Clause */
/* EXTRACTPS - Extract Packed Floating-Point Values.  SDM Vol. 2A, EXTRACTPS, "Operation". */
BOTH(EXTRACTPS, { rm_write(c, o, c->v[o->reg].d[IMM8 & 3], 4); })
