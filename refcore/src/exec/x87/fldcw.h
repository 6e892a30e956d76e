/* SPDX-License-Identifier: BSD-2-Clause */
/* FLDCW - Load x87 FPU Control Word.  SDM Vol. 2A, FLDCW, "Operation". Bit 6 reads as 1, the reserved ones as 0. */
HANDLER(FLDCW) {
    x87_wait(c, o);
    uint16_t value = mem_read16(c, o, o->seg, EA);
    c->x87.control = (uint16_t)((value & 0x1f3f) | 0x40);
    x87_summarise(c);
    NEXT;
}
ENTRY(FLDCW);
