/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVUPS, MOVUPD, MOVDQU - Move Unaligned Packed Values; LDDQU - Load Unaligned Integer 128 Bits.  SDM Vol.
 * 2A and 2B. */
MOVE_BOTH_WAYS(MOVUPS, 0)
MOVE_BOTH_WAYS(MOVUPD, 0)
MOVE_BOTH_WAYS(MOVDQU, 0)
MOVE(LDDQU, 0)
