/* SPDX-License-Identifier: BSD-2-Clause */
/* DEC - Decrement by 1.  SDM Vol. 2A, DEC, "Operation"; "Flags Affected": CF is not. */
T dest = DEST;
T result = (T)(dest - 1);
SET_DEST(result);
FLAGS_KEEP_CF(result, result == (T)((T)-1 >> 1), dest ^ result);
