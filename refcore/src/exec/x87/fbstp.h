/* SPDX-License-Identifier: BSD-2-Clause */
/* FBSTP - Store BCD Integer and Pop.  SDM Vol. 2A, FBSTP, "Operation". */
X87_STORE(FBSTP, "fbstp", 10, true)
