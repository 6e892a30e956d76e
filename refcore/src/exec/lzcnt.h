/* SPDX-License-Identifier: BSD-2-Clause */
/* LZCNT - Count the Number of Leading Zero Bits.  SDM Vol. 2A, LZCNT, "Operation". OF, SF, PF and AF are
 * undefined. */
T src = SRC;
T result = src == 0 ? BITS : (T)(__builtin_clzll(src) - (64 - BITS));
SET_DEST(result);
uint64_t others = flags_status(c) & ~(uint64_t)(FLAG_CF | FLAG_ZF);
flags_set_status(c, others | (src == 0 ? FLAG_CF : 0U) | (result == 0 ? FLAG_ZF : 0U));
