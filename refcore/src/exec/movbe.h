/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVBE - Move Data After Swapping Bytes.  SDM Vol. 2B, MOVBE, "Operation". */
T src = SRC;
#if BITS == 16
SET_DEST(__builtin_bswap16(src));
#elif BITS == 32
SET_DEST(__builtin_bswap32(src));
#elif BITS == 64
SET_DEST(__builtin_bswap64(src));
#else
SET_DEST(src); /* no such encoding */
#endif
