/* SPDX-License-Identifier: BSD-2-Clause */
/* XADD - Exchange and Add.  SDM Vol. 2D, XADD, "Operation": TEMP := SRC + DEST; SRC := DEST; DEST := TEMP. */
T dest = DEST, src = SRC;
T result = (T)(dest + src);
SET_REG(o->src, dest);
SET_DEST(result);
FLAGS_ADD(dest, src, result);
