/* SPDX-License-Identifier: BSD-2-Clause */
/* JMP - Jump, near, absolute indirect.  SDM Vol. 2A, JMP, "Operation". */
#if BITS == 8
(void)DEST; /* no such encoding */
#else
uint64_t target = DEST;
NEAR_TARGET(target, BITS / 8);
c->rip = target;
TAIL_CALL(block_indirect);
#endif
