/* SPDX-License-Identifier: BSD-2-Clause */
/* NOT - One's Complement Negation.  SDM Vol. 2B, NOT, "Operation"; "Flags Affected": none. */
T dest = DEST;
SET_DEST(~dest);
