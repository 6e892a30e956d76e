/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSH - Push Word, Doubleword, or Quadword Onto the Stack.  SDM Vol. 2B, PUSH, "Operation". The operand,
 * rSP among them, is read before rSP moves. */
#if BITS == 8
(void)DEST; /* no such encoding */
#else
push_value(c, o, DEST, BITS / 8);
#endif
