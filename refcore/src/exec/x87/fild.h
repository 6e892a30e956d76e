/* SPDX-License-Identifier: BSD-2-Clause */
/* FILD - Load Integer.  SDM Vol. 2A, FILD, "Operation". */
X87_LOAD(FILD_M16, "filds", 2)
X87_LOAD(FILD_M32, "fildl", 4)
X87_LOAD(FILD_M64, "fildll", 8)
