/* SPDX-License-Identifier: BSD-2-Clause */
/* CBW/CWDE/CDQE - Convert Byte to Word/Doubleword to Quadword.  SDM Vol. 2A, CBW/CWDE/CDQE, "Operation". */
static HANDLER_RESULT run_CBW(struct cpu *c, const struct op *o) {
    reg_write(c, R_AX, (uint64_t)(int8_t)c->r[R_AX], 2);
    NEXT;
}
static HANDLER_RESULT run_CWDE(struct cpu *c, const struct op *o) {
    c->r[R_AX] = (uint32_t)(int16_t)c->r[R_AX];
    NEXT;
}
static HANDLER_RESULT run_CDQE(struct cpu *c, const struct op *o) {
    c->r[R_AX] = (uint64_t)(int32_t)c->r[R_AX];
    NEXT;
}
ALL_SHAPES(CBW, run_CBW, run_CWDE, run_CDQE);
