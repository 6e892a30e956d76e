/* SPDX-License-Identifier: BSD-2-Clause */
/* AND - Logical AND.  SDM Vol. 2A, AND, "Operation". AF is undefined; silicon clears it. */
T result = DEST;
result = (T)(result & SRC);
SET_DEST(result);
FLAGS_LOGIC(result);
