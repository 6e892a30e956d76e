/* SPDX-License-Identifier: BSD-2-Clause */
/* PSUBUSB/PSUBUSW - Subtract Packed Unsigned Integers With Unsigned Saturation.  SDM Vol. 2B, "Operation". */
LANES(PSUBUSB, b, SATURATE_UB(src1 - src2))
LANES(PSUBUSW, w, SATURATE_UW(src1 - src2))
INTEGER(PSUBUSB)
INTEGER(PSUBUSW)
