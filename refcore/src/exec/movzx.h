/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVZX - Move With Zero-Extend.  SDM Vol. 2B, MOVZX, "Operation": DEST := ZeroExtend(SRC). */
SET_DEST((T)SRC_OF(SOURCE_BITS));
