/* SPDX-License-Identifier: BSD-2-Clause */
/* INC - Increment by 1.  SDM Vol. 2A, INC, "Operation"; "Flags Affected": CF is not. */
T dest = DEST;
T result = (T)(dest + 1);
SET_DEST(result);
FLAGS_KEEP_CF(result, dest == (T)((T)-1 >> 1), dest ^ result);
