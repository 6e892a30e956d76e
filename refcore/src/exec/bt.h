/* SPDX-License-Identifier: BSD-2-Clause */
/* BT - Bit Test.  SDM Vol. 2A, BT, "Operation": CF := Bit(BitBase, BitOffset). OF, SF, AF and PF are
 * undefined; silicon leaves them. A memory operand with a register offset: bit_string.h. */
T dest = DEST;
unsigned overflow = flag_of(c);
unsigned offset = (unsigned)SRC & (BITS - 1);
FLAGS_CARRY_OVERFLOW((unsigned)(dest >> offset) & 1, overflow);
