/* SPDX-License-Identifier: BSD-2-Clause */
/* BSF - Bit Scan Forward.  SDM Vol. 2A, BSF, "Operation"; APM Vol. 3, BSF. With a source of zero the
 * destination is unchanged; some Intel processors then clear the upper half for 32-bit operands
 * ("Description", note on older processors). The other flags are undefined; AMD leaves them, as here. */
T src = SRC;
uint64_t others = flags_status(c) & ~(uint64_t)FLAG_ZF;
if (src != 0)
    SET_DEST((T)__builtin_ctzll(src));
else if (BITS == 32 && c->profile->choice.bsf_zero_writes)
    SET_DEST(DEST);
flags_set_status(c, others | (src == 0 ? FLAG_ZF : 0U));
