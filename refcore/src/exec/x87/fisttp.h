/* SPDX-License-Identifier: BSD-2-Clause */
/* FISTTP - Store Integer With Truncation.  SDM Vol. 2A, FISTTP, "Operation". */
X87_STORE(FISTTP_M16, "fisttps", 2, true)
X87_STORE(FISTTP_M32, "fisttpl", 4, true)
X87_STORE(FISTTP_M64, "fisttpll", 8, true)
