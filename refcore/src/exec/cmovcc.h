/* SPDX-License-Identifier: BSD-2-Clause */
/* CMOVcc - Conditional Move.  SDM Vol. 2A, CMOVcc, "Operation": the source is read whatever the condition,
 * and a 32-bit destination is zero-extended even where nothing is moved. */
T temp = SRC;
SET_DEST((CONDITION) ? temp : DEST);
