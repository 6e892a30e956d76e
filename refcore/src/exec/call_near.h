/* SPDX-License-Identifier: BSD-2-Clause */
/* CALL - Call Procedure, near, absolute indirect.  SDM Vol. 2A, CALL, "Operation": the target is checked
 * before the push. */
#if BITS == 8
(void)DEST; /* no such encoding */
#else
uint64_t target = DEST;
if (UNLIKELY(c->profile->choice.call_pushes_first &&
             !near_valid(c, near_truncate(target, BITS / 8), BITS / 8)))
    mem_probe_write(c, o, SEG_SS, (c->r[R_SP] - BITS / 8) & stack_mask(c), BITS / 8);
NEAR_TARGET(target, BITS / 8);
push_value(c, o, near_next(c, o, BITS / 8), BITS / 8);
c->rip = target;
TAIL_CALL(block_indirect);
#endif
