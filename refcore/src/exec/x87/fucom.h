/* SPDX-License-Identifier: BSD-2-Clause */
/* FUCOM/FUCOMP/FUCOMPP - Unordered Compare Floating Point Values.  SDM Vol. 2A, FUCOM/FUCOMP/FUCOMPP, "Operation". A QNaN is no invalid operand. */
HOST_COMPARE(host_fucom, "fucom %%st(1)")
X87_COMPARE(FUCOM, host_fucom, 0)
X87_COMPARE(FUCOMP, host_fucom, 1)
X87_COMPARE(FUCOMPP, host_fucom, 2)
