/* SPDX-License-Identifier: BSD-2-Clause */
/* FTST - TEST.  SDM Vol. 2A, FTST, "Operation". */
HOST_COMPARE(host_ftst, "ftst")
HANDLER(FTST) {
    X87_START;
    if (x87_empty(c, 0))
        COMPARE_UNDERFLOW(0);
    uint16_t status = host_ftst(c->x87.control, ST(0), ST(0));
    COMPARE_FINISH(0);
}
ENTRY(FTST);
