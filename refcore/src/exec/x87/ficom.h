/* SPDX-License-Identifier: BSD-2-Clause */
/* FICOM/FICOMP - Compare Integer.  SDM Vol. 2A, FICOM/FICOMP, "Operation". */
HOST_COMPARE_MEMORY(host_ficom_m16, "ficoms")
HOST_COMPARE_MEMORY(host_ficom_m32, "ficoml")
X87_COMPARE_MEMORY(FICOM_M16, host_ficom_m16, 2, 0)
X87_COMPARE_MEMORY(FICOM_M32, host_ficom_m32, 4, 0)
X87_COMPARE_MEMORY(FICOMP_M16, host_ficom_m16, 2, 1)
X87_COMPARE_MEMORY(FICOMP_M32, host_ficom_m32, 4, 1)
