/* SPDX-License-Identifier: BSD-2-Clause */
/* FSTCW/FNSTCW - Store x87 FPU Control Word.  SDM Vol. 2A, FSTCW/FNSTCW, "Operation". */
HANDLER(FNSTCW) {
    x87_available(c, o);
    mem_write16(c, o, o->seg, EA, c->x87.control);
    NEXT;
}
ENTRY(FNSTCW);
