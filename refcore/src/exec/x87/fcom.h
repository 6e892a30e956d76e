/* SPDX-License-Identifier: BSD-2-Clause */
/* FCOM/FCOMP/FCOMPP - Compare Floating Point Values.  SDM Vol. 2A, FCOM/FCOMP/FCOMPP, "Operation". */
HOST_COMPARE(host_fcom, "fcom %%st(1)")
HOST_COMPARE_MEMORY(host_fcom_m32, "fcoms")
HOST_COMPARE_MEMORY(host_fcom_m64, "fcoml")
X87_COMPARE_MEMORY(FCOM_M32, host_fcom_m32, 4, 0)
X87_COMPARE_MEMORY(FCOM_M64, host_fcom_m64, 8, 0)
X87_COMPARE_MEMORY(FCOMP_M32, host_fcom_m32, 4, 1)
X87_COMPARE_MEMORY(FCOMP_M64, host_fcom_m64, 8, 1)
X87_COMPARE(FCOM, host_fcom, 0)
X87_COMPARE(FCOMP, host_fcom, 1)
X87_COMPARE(FCOMPP, host_fcom, 2)
