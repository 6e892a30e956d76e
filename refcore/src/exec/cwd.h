/* SPDX-License-Identifier: BSD-2-Clause */
/* CWD/CDQ/CQO - Convert Word to Doubleword/Doubleword to Quadword.  SDM Vol. 2A, CWD/CDQ/CQO, "Operation". */
static HANDLER_RESULT run_CWD(struct cpu *c, const struct op *o) {
    reg_write(c, R_DX, c->r[R_AX] & 0x8000 ? 0xffff : 0, 2);
    NEXT;
}
static HANDLER_RESULT run_CDQ(struct cpu *c, const struct op *o) {
    c->r[R_DX] = c->r[R_AX] & 0x80000000 ? 0xffffffff : 0;
    NEXT;
}
static HANDLER_RESULT run_CQO(struct cpu *c, const struct op *o) {
    c->r[R_DX] = c->r[R_AX] >> 63 ? ~UINT64_C(0) : 0;
    NEXT;
}
ALL_SHAPES(CWD, run_CWD, run_CDQ, run_CQO);
