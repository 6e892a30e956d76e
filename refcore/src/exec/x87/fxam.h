/* SPDX-License-Identifier: BSD-2-Clause */
/* FXAM - Examine Floating-Point.  SDM Vol. 2A, FXAM, "Operation". An empty register is 101b; C1 is the sign even then. */
HOST_COMPARE(host_fxam, "fxam")
HANDLER(FXAM) {
    X87_START;
    struct x87_register value = ST(0);
    unsigned class = X87_C3 | X87_C0;
    if (!x87_empty(c, 0))
        class = host_fxam(c->x87.control, value, value) & X87_CONDITIONS;
    unsigned sign = value.sign_exponent & 0x8000 ? X87_C1 : 0;
    c->x87.status = (uint16_t)((c->x87.status & ~(X87_CONDITIONS | X87_C1)) | class | sign);
    NEXT;
}
ENTRY(FXAM);
