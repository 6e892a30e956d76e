/* SPDX-License-Identifier: BSD-2-Clause */
/* SBB - Integer Subtraction With Borrow.  SDM Vol. 2B, SBB, "Operation": DEST := DEST - (SRC + CF). */
T dest = DEST, src = SRC;
T result = (T)(dest - src - CF);
SET_DEST(result);
FLAGS_SUB(dest, src, result);
