/* SPDX-License-Identifier: BSD-2-Clause */
/* CMP - Compare Two Operands.  SDM Vol. 2A, CMP, "Operation": flags as by SUB. */
T dest = DEST, src = SRC;
T result = (T)(dest - src);
FLAGS_SUB(dest, src, result);
