/* SPDX-License-Identifier: BSD-2-Clause */
/* processor_data.c - what the processor tells about itself: MSRs, counters, identification, random numbers. */
#include "../cpu/cpuid.h"
#include "../cpu/msr.h"
#include "privileged.h"

#include "rdmsr.h"
#include "rdpid.h"
#include "rdpmc.h"
#include "rdrand.h"
#include "rdtsc.h"
#include "rdtscp.h"
#include "wrmsr.h"

#include "cpuid.h"
