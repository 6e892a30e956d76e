/* SPDX-License-Identifier: BSD-2-Clause */
/* FCOMI/FCOMIP/FUCOMI/FUCOMIP - Compare Floating Point Values and Set EFLAGS.  SDM Vol. 2A, FCOMI/FCOMIP/FUCOMI/FUCOMIP, "Operation". */
X87_COMPARE_FLAGS(FCOMI, host_fcom, 0)
X87_COMPARE_FLAGS(FCOMIP, host_fcom, 1)
X87_COMPARE_FLAGS(FUCOMI, host_fucom, 0)
X87_COMPARE_FLAGS(FUCOMIP, host_fucom, 1)
