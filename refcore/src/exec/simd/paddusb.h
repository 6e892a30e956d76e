/* SPDX-License-Identifier: BSD-2-Clause */
/* PADDUSB/PADDUSW - Add Packed Unsigned Integers with Unsigned Saturation.  SDM Vol. 2B, PADDUSB/PADDUSW,
 * "Operation". */
LANES(PADDUSB, b, SATURATE_UB(src1 + src2))
LANES(PADDUSW, w, SATURATE_UW(src1 + src2))
INTEGER(PADDUSB)
INTEGER(PADDUSW)
