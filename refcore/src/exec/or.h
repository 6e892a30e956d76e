/* SPDX-License-Identifier: BSD-2-Clause */
/* OR - Logical Inclusive OR.  SDM Vol. 2B, OR, "Operation". AF is undefined; silicon clears it. */
T result = DEST;
result = (T)(result | SRC);
SET_DEST(result);
FLAGS_LOGIC(result);
