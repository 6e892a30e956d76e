/* SPDX-License-Identifier: BSD-2-Clause */
/* SUB - Subtract.  SDM Vol. 2B, SUB, "Operation": DEST := DEST - SRC. */
T dest = DEST, src = SRC;
T result = (T)(dest - src);
SET_DEST(result);
FLAGS_SUB(dest, src, result);
