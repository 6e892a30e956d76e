/* SPDX-License-Identifier: BSD-2-Clause */
/* BTR - Bit Test and Reset.  SDM Vol. 2A, BTR, "Operation": CF := Bit(BitBase, BitOffset); the bit := 0.
 * OF, SF, AF and PF are undefined; silicon leaves them. A memory operand with a register offset:
 * bit_string.h. */
T dest = DEST;
unsigned overflow = flag_of(c);
unsigned offset = (unsigned)SRC & (BITS - 1);
SET_DEST(dest &(T) ~((uint64_t)1 << offset));
FLAGS_CARRY_OVERFLOW((unsigned)(dest >> offset) & 1, overflow);
