/* SPDX-License-Identifier: BSD-2-Clause */
/* TZCNT - Count the Number of Trailing Zero Bits.  SDM Vol. 2B, TZCNT, "Operation". OF, SF, PF and AF are
 * undefined. */
T src = SRC;
T result = src == 0 ? BITS : (T)__builtin_ctzll(src);
SET_DEST(result);
uint64_t others = flags_status(c) & ~(uint64_t)(FLAG_CF | FLAG_ZF);
flags_set_status(c, others | (src == 0 ? FLAG_CF : 0U) | (result == 0 ? FLAG_ZF : 0U));
