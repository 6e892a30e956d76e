/* SPDX-License-Identifier: BSD-2-Clause */
/* BSR - Bit Scan Reverse.  SDM Vol. 2A, BSR, "Operation"; APM Vol. 3, BSR. See bsf.h. */
T src = SRC;
uint64_t others = flags_status(c) & ~(uint64_t)FLAG_ZF;
if (src != 0)
    SET_DEST((T)(63 - __builtin_clzll(src)));
else if (BITS == 32 && c->profile->choice.bsf_zero_writes)
    SET_DEST(DEST);
flags_set_status(c, others | (src == 0 ? FLAG_ZF : 0U));
