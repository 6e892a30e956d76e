/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVSX/MOVSXD - Move With Sign-Extension.  SDM Vol. 2B, MOVSX/MOVSXD, "Operation": DEST :=
 * SignExtend(SRC). */
#if BITS == 16 && SOURCE_BITS == 32
/* MOVSXD r16: Intel reads r/m16 (SDM), AMD silicon 32 bits as for the other sizes (APM Vol. 3, MOVSXD) */
SET_DEST(c->profile->vendor == VENDOR_AMD ? (T)SRC_OF(32) : SRC);
#else
SET_DEST((T)(S)(SOURCE_SIGNED)SRC_OF(SOURCE_BITS));
#endif
