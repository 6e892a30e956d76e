/* SPDX-License-Identifier: BSD-2-Clause */
/* feature.h - numbers for the features of features.def. */
#ifndef REFCORE_CPU_FEATURE_H
#define REFCORE_CPU_FEATURE_H

enum feature {
    FEATURE_ALWAYS, /* every processor since the 80386 */
#define FEATURE(name, leaf, subleaf, reg, bit) FEATURE_##name,
#include "features.def"
#undef FEATURE
    FEATURE_COUNT
};

#endif
