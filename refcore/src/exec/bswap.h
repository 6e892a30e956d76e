/* SPDX-License-Identifier: BSD-2-Clause */
/* BSWAP - Byte Swap.  SDM Vol. 2A, BSWAP, "Operation". With 16-bit operands the result is undefined;
 * silicon gives zero. */
T dest = DEST;
#if BITS == 32
SET_DEST(__builtin_bswap32(dest));
#elif BITS == 64
SET_DEST(__builtin_bswap64(dest));
#else
SET_DEST(dest & 0);
#endif
