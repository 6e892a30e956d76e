/* SPDX-License-Identifier: BSD-2-Clause */
/* FIST/FISTP - Store Integer.  SDM Vol. 2A, FIST/FISTP, "Operation". */
X87_STORE(FIST_M16, "fists", 2, false)
X87_STORE(FIST_M32, "fistl", 4, false)
X87_STORE(FISTP_M16, "fistps", 2, true)
X87_STORE(FISTP_M32, "fistpl", 4, true)
X87_STORE(FISTP_M64, "fistpll", 8, true)
