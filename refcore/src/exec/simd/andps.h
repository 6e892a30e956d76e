/* SPDX-License-Identifier: BSD-2-Clause */
/* ANDPS, ANDPD, ANDNPS, ANDNPD, ORPS, ORPD, XORPS, XORPD - Bitwise Logical Operations of Packed
 * Floating-Point Values. SDM Vol. 2A, 2B and 2D, "Operation". */
#define LOGICAL(name, expression)                                                                            \
    LANES(name##PS, q, expression)                                                                           \
    PACKED(name##PS)                                                                                         \
    LANES(name##PD, q, expression)                                                                           \
    PACKED(name##PD)
LOGICAL(AND, src1 &src2)
LOGICAL(ANDN, ~src1 &src2)
LOGICAL(OR, src1 | src2)
LOGICAL(XOR, src1 ^ src2)
