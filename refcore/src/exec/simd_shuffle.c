/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_shuffle.c - packing, interleaving, shuffles, blends, broadcasts, and bitwise logic of floating-point
 * data. */
#include "simd.h"

/* Lanes of src1 and src2 in turn, from the low or the high quadword of each half. */
#define INTERLEAVE(name, lane, size, high)                                                                   \
    SIMD(name) {                                                                                             \
        HALVES(h, n) {                                                                                       \
            unsigned count = n / 2 / size, from = h / size + ((high) ? count : 0), to = h / size;            \
            for (unsigned i = 0; i < count; i++) {                                                           \
                dest->lane[to + 2 * i] = src1->lane[from + i];                                               \
                dest->lane[to + 2 * i + 1] = src2->lane[from + i];                                           \
            }                                                                                                \
        }                                                                                                    \
    }

#include "simd/andps.h"
#include "simd/blendps.h"
#include "simd/movddup.h"
#include "simd/packsswb.h"
#include "simd/packusdw.h"
#include "simd/packuswb.h"
#include "simd/palignr.h"
#include "simd/pblendvb.h"
#include "simd/pblendw.h"
#include "simd/pmovsx.h"
#include "simd/pshufb.h"
#include "simd/pshufd.h"
#include "simd/pshufhw.h"
#include "simd/pshufw.h"
#include "simd/punpckhbw.h"
#include "simd/punpcklbw.h"
#include "simd/shufps.h"
#include "simd/unpcklps.h"
#include "simd/vbroadcast.h"
#include "simd/vinsertf128.h"
#include "simd/vperm2f128.h"
#include "simd/vpermd.h"
#include "simd/vpermilps.h"
