/* SPDX-License-Identifier: BSD-2-Clause */
/* SETcc - Set Byte on Condition.  SDM Vol. 2B, SETcc, "Operation". */
SET_DEST((T)(CONDITION));
