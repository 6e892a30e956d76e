/* SPDX-License-Identifier: BSD-2-Clause */
/* BTC - Bit Test and Complement.  SDM Vol. 2A, BTC, "Operation": CF := Bit(BitBase, BitOffset); the bit is
 * complemented. OF, SF, AF and PF are undefined; silicon leaves them. A memory operand with a register
 * offset: bit_string.h. */
T dest = DEST;
unsigned overflow = flag_of(c);
unsigned offset = (unsigned)SRC & (BITS - 1);
SET_DEST(dest ^ (T)((uint64_t)1 << offset));
FLAGS_CARRY_OVERFLOW((unsigned)(dest >> offset) & 1, overflow);
