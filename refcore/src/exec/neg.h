/* SPDX-License-Identifier: BSD-2-Clause */
/* NEG - Two's Complement Negation.  SDM Vol. 2B, NEG, "Operation": CF := DEST <> 0; the rest as by 0 -
 * DEST. */
T dest = DEST;
T result = (T)(0 - dest);
SET_DEST(result);
FLAGS_SUB((T)0, dest, result);
