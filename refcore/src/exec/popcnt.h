/* SPDX-License-Identifier: BSD-2-Clause */
/* POPCNT - Return the Count of Number of Bits Set to 1.  SDM Vol. 2B, POPCNT, "Flags Affected": ZF by the
 * source, the rest cleared. */
T src = SRC;
SET_DEST((T)__builtin_popcountll(src));
flags_set_status(c, src == 0 ? FLAG_ZF : 0U);
