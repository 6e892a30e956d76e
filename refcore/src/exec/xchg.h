/* SPDX-License-Identifier: BSD-2-Clause */
/* XCHG - Exchange Register/Memory With Register.  SDM Vol. 2D, XCHG, "Operation". A memory operand is
 * locked with or without the prefix, which makes no difference to one processor. */
T temp = DEST, src = SRC;
SET_DEST(src);
SET_REG(o->src, temp);
