/* SPDX-License-Identifier: BSD-2-Clause */
/* FSINCOS - Sine and Cosine.  SDM Vol. 2A, FSINCOS, "Operation". */
X87_PUSHING(FSINCOS, "fsincos", true)
