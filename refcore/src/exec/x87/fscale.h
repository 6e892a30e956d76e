/* SPDX-License-Identifier: BSD-2-Clause */
/* FSCALE - Scale.  SDM Vol. 2A, FSCALE, "Operation". */
X87_BINARY(FSCALE, "fscale", 0)
