/* SPDX-License-Identifier: BSD-2-Clause */
/* ADD - Add.  SDM Vol. 2A, ADD, "Operation": DEST := DEST + SRC. */
T dest = DEST, src = SRC;
T result = (T)(dest + src);
SET_DEST(result);
FLAGS_ADD(dest, src, result);
