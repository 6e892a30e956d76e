/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV - Move.  SDM Vol. 2B, MOV, "Operation": DEST := SRC. */
SET_DEST(SRC);
