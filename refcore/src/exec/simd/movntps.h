/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVNTPS, MOVNTPD, MOVNTDQ - Store Packed Values Using Non-Temporal Hint; MOVNTDQA - Load Double Quadword
 * Non-Temporal Aligned Hint; MOVNTQ - Store of Quadword Using Non-Temporal Hint.  SDM Vol. 2B. */
MOVE_STORE(MOVNTPS, bytes)
MOVE_STORE(MOVNTPD, bytes)
MOVE_STORE(MOVNTDQ, bytes)
MOVE(MOVNTDQA, bytes)
HANDLER(MOVNTQ) {
    GUARD_MMX;
    mem_write64(c, o, o->seg, EA, mmx_read(c, o->reg));
    mmx_transition(c);
    NEXT;
}
ENTRY(MOVNTQ);
