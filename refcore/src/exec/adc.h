/* SPDX-License-Identifier: BSD-2-Clause */
/* ADC - Add With Carry.  SDM Vol. 2A, ADC, "Operation": DEST := DEST + SRC + CF. */
T dest = DEST, src = SRC;
T result = (T)(dest + src + CF);
SET_DEST(result);
FLAGS_ADD(dest, src, result);
