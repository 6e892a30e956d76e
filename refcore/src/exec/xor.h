/* SPDX-License-Identifier: BSD-2-Clause */
/* XOR - Logical Exclusive OR.  SDM Vol. 2D, XOR, "Operation". AF is undefined; silicon clears it. */
T result = DEST;
result = (T)(result ^ SRC);
SET_DEST(result);
FLAGS_LOGIC(result);
