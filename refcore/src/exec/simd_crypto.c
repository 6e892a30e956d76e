/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_crypto.c - AES, SHA, carry-less multiplication. */
#include "simd.h"

#include "simd/aes_tables.h"

#define SHA_ALIGNMENT (c->profile->choice.sha_unaligned ? 0 : ALIGN_OPERAND)

#include "simd/aesenc.h"
#include "simd/pclmulqdq.h"
#include "simd/sha1rnds4.h"
#include "simd/sha256rnds2.h"
