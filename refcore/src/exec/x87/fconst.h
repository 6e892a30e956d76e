/* SPDX-License-Identifier: BSD-2-Clause */
/* FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ - Load Constant.  SDM Vol. 2A, FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ, "Operation". Rounded by RC. */
#define X87_CONSTANT(NAME, text)                                                                             \
    HOST_CONSTANT(host_##NAME, text)                                                                         \
    HANDLER(NAME) {                                                                                          \
        X87_START;                                                                                           \
        struct x87_register value = x87_indefinite;                                                          \
        if (!x87_empty(c, 7)) {                                                                              \
            if (x87_overflow(c))                                                                             \
                x87_push(c, x87_indefinite);                                                                 \
            NEXT;                                                                                            \
        }                                                                                                    \
        host_##NAME(c->x87.control, &value);                                                                 \
        c->x87.status &= (uint16_t)~X87_C1;                                                                  \
        x87_push(c, value);                                                                                  \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(NAME);
X87_CONSTANT(FLD1, "fld1")
X87_CONSTANT(FLDL2T, "fldl2t")
X87_CONSTANT(FLDL2E, "fldl2e")
X87_CONSTANT(FLDPI, "fldpi")
X87_CONSTANT(FLDLG2, "fldlg2")
X87_CONSTANT(FLDLN2, "fldln2")
X87_CONSTANT(FLDZ, "fldz")
