/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_fma.c - fused multiply-add. */
#include "simd/fp.h"

#include <math.h>

/* The same instruction on the host, so that NaNs are chosen as silicon does. */
#ifndef FMA_ON_HOST
#define FMA_ON_HOST __builtin_cpu_supports("fma")
#endif
#define FMA_ASM(mnemonic, flags, first, second, third)                                                       \
    do {                                                                                                     \
        uint32_t guest_ = fp_control(c), host_ = fp_host(c), after_;                                         \
        __asm__ volatile("ldmxcsr %[guest]\n\t" mnemonic " %[z], %[y], %[x]"                                 \
                         "\n\tstmxcsr %[after]\n\tldmxcsr %[host]"                                           \
                         : [x] "+x"(first), [after] "=&m"(after_)                                            \
                         : [y] "x"(second), [z] "x"(third), [guest] "m"(guest_), [host] "m"(host_));         \
        (flags) |= after_ & MXCSR_FLAGS;                                                                     \
    } while (0)

#include "simd/fma_soft.h"
#include "simd/vfmadd132ps.h"
