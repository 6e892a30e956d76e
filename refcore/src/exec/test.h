/* SPDX-License-Identifier: BSD-2-Clause */
/* TEST - Logical Compare.  SDM Vol. 2B, TEST, "Operation". AF is undefined; silicon clears it. */
T result = DEST;
result = (T)(result & SRC);
FLAGS_LOGIC(result);
