/* SPDX-License-Identifier: BSD-2-Clause */
/* profile.c - the CPU models. CPUID signatures: SDM Vol. 2A, CPUID; processor identification tables of the
 * vendors' revision guides. */

// clang-format off
/* Vendor choices with both sides; false is what the profile does not say:
 *   syscall_legacy            APM 3 SYSCALL: valid in every mode; SDM 2B SYSCALL: #UD outside 64-bit mode
 *   sysenter_long             SDM 2B SYSENTER: valid in IA-32e mode; APM 3 SYSENTER: #UD in long mode
 *   sysret_canonical_rcx      SDM 2B SYSRET: #GP(0) if RCX is not canonical; APM 3 SYSRET: no check, the
 *                             fetch faults
 *   sysret_loads_ss_fully     SDM 2B SYSRET, Operation: SS attributes fixed, RPL 3; APM 3 SYSRET: STAR + 8,
 *                             attributes stay
 *   far_operand_rexw          SDM 2A JMP and CALL: m16:64; APM 3 JMP (Far): no 64-bit offsets
 *   branch_operand16_long     APM 3, near branches in 64-bit mode: 66h counts; SDM 2A JMP: the size is
 *                             forced to 64 bits
 *   null_clears_base          SDM 3A, Segment Loading Instructions in IA-32e Mode; APM 2, Null Selector: base
 *                             and limit stay
 *   fxsave_pointers_on_error  APM 2, FXSAVE and FXRSTOR Instructions; SDM 2A FXSAVE: always stored
 *   push_sreg_word            SDM 2B PUSH, Description; APM 3 PUSH
 *   tss_slot_8                SDM 2A CALL, Operation: TSSstackAddress + 5; the APM is silent, QEMU and Bochs ask
 *                             for 8 bytes
 *   return_reads_upper        AMD EPYC silicon at CPL 3; SDM 2A IRET, 2B RET, Operation: the instruction
 *                             pointer first
 *   rep_zero_checks_port      AMD EPYC silicon at CPL 3; SDM 2B REP, Operation: nothing while the count is 0
 *   rep_trap_rf               SDM 3B, Instruction-Breakpoint Exception Condition; the APM is silent, Bochs
 *                             pushes 0
 *   mmx_transition_first, maskmov_checks_all, sha_unaligned, gather_mask_in_order
 *                             AMD EPYC silicon at CPL 3 (tests/test_simd.c); SDM 2A to 2C, Operation of
 *                             CVTPS2PI, MASKMOVQ and VGATHERDPS; Exceptions Type 4 for SHA1RNDS4
 *   cvtpi2ps_memory_x87       SDM 2A CVTPI2PS, Description; AMD EPYC silicon: only from a register */
// clang-format on
#include "profile.h"

#include <string.h>

/* What a generation adds to the one before. */
#define HAS_486(F) F(FPU) F(I486)
#define HAS_P5(F)  HAS_486(F) F(CPUID) F(VME) F(DE) F(PSE) F(TSC) F(MSR) F(MCE) F(CX8) F(APIC) F(MMX)
/* long mode and what every 64-bit processor since 2013 has */
// clang-format off
#define HAS_X64(F)                                                                                           \
    HAS_P5(F) F(LONG_NOP) F(PAE) F(SEP) F(MTRR) F(PGE) F(MCA) F(CMOV) F(PAT) F(PSE36) F(CLFSH) F(FXSR)       \
    F(SSE) F(SSE2) F(SSE3) F(SSSE3) F(CX16) F(SSE41) F(SSE42) F(POPCNT) F(PCLMULQDQ) F(AES) F(XSAVE)         \
    F(XSAVEOPT) F(AVX) F(F16C) F(RDRAND) F(FMA) F(MOVBE) F(MONITOR) F(FSGSBASE) F(BMI1) F(AVX2) F(SMEP)      \
    F(BMI2) F(LAHF64) F(LZCNT) F(SYSCALL) F(NX) F(PAGE1GB) F(RDTSCP) F(LM)
// clang-format on
#define HAS_2017(F)                                                                                          \
    HAS_X64(F) F(RDSEED) F(ADX) F(SMAP) F(CLFLUSHOPT) F(XSAVEC) F(XGETBV1) F(XSAVES) F(PREFETCHW) F(X2APIC)
#define HAS_SKYLAKE(F) HAS_2017(F) F(PCID) F(INVPCID) F(TSC_DEADLINE) F(ERMS) F(CLWB) F(PKU)
#define HAS_INTEL_MAX(F)                                                                                     \
    HAS_SKYLAKE(F) F(SHA) F(UMIP) F(VAES) F(VPCLMULQDQ) F(LA57) F(RDPID) F(FSRM) F(SERIALIZE)
#define HAS_ZEN(F)                                                                                           \
    HAS_2017(F)                                                                                              \
    F(CLWB) F(SHA) F(UMIP) F(RDPID) F(CR8_LEGACY) F(SSE4A) F(MISALIGNSSE) F(OSVW) F(MMXEXT) F(FFXSR) F(CLZERO)

#define IN_WORD(word, name) | (FEATURE_##name / 64 == (word) ? UINT64_C(1) << (FEATURE_##name % 64) : 0)
#define WORD_0(name)        IN_WORD(0, name)
#define WORD_1(name)        IN_WORD(1, name)
#define FEATURES(list)                                                                                       \
    { 0 list(WORD_0), 0 list(WORD_1) }
#define HAS_386(F) F(FPU)
_Static_assert(FEATURE_COUNT <= 128, "two words hold the features");

#define INTEL_CHOICES                                                                                        \
    .sysenter_long = true, .sysret_canonical_rcx = true, .sysret_loads_ss_fully = true,                      \
    .far_operand_rexw = true, .null_clears_base = true, .push_sreg_word = true, .rep_trap_rf = true,         \
    .cvtpi2ps_memory_x87 = true

static const struct profile i80386 = {
    .name = "80386",
    .title = "Intel 80386 DX with 80387",
    .vendor = VENDOR_INTEL,
    .vendor_string = "GenuineIntel",
    .brand = "",
    .signature = 0x308,
    .reset_edx = 0x308,
    .physical_bits = 32,
    .linear_bits = 32,
    .features = FEATURES(HAS_386),
    .xcr0_mask = 0,
    .choice = {INTEL_CHOICES},
};

static const struct profile i80486 = {
    .name = "80486",
    .title = "Intel 80486 DX, before CPUID",
    .vendor = VENDOR_INTEL,
    .vendor_string = "GenuineIntel",
    .brand = "",
    .signature = 0x404,
    .reset_edx = 0x404,
    .physical_bits = 32,
    .linear_bits = 32,
    .features = FEATURES(HAS_486),
    .choice = {INTEL_CHOICES},
};

static const struct profile pentium = {
    .name = "pentium",
    .title = "Intel Pentium processor with MMX technology (P55C)",
    .vendor = VENDOR_INTEL,
    .vendor_string = "GenuineIntel",
    .brand = "",
    .signature = 0x543,
    .reset_edx = 0x543,
    .physical_bits = 32,
    .linear_bits = 32,
    .max_leaf = 1,
    .features = FEATURES(HAS_P5),
    .choice = {INTEL_CHOICES},
};

static const struct profile skylake_server = {
    .name = "skylake-server",
    .title = "Intel Xeon Scalable (Skylake-SP) without AVX-512 and MPX",
    .vendor = VENDOR_INTEL,
    .vendor_string = "GenuineIntel",
    .brand = "Intel(R) Xeon(R) Gold 6100 CPU @ 1.00GHz",
    .signature = 0x50654,
    .reset_edx = 0x50654,
    .physical_bits = 46,
    .linear_bits = 48,
    .max_leaf = 0x16,
    .max_extended_leaf = 0x80000008,
    .features = FEATURES(HAS_SKYLAKE),
    .xcr0_mask = 0x207,
    .mxcsr_mask = 0xffff,
    .choice = {INTEL_CHOICES},
};

static const struct profile intel_max = {
    .name = "intel-max",
    .title = "an Intel processor with everything this core implements",
    .vendor = VENDOR_INTEL,
    .vendor_string = "GenuineIntel",
    .brand = "Intel(R) Xeon(R) Platinum 8400 CPU @ 1.00GHz",
    .signature = 0x806f8,
    .reset_edx = 0x806f8,
    .physical_bits = 52,
    .linear_bits = 57,
    .max_leaf = 0x16,
    .max_extended_leaf = 0x80000008,
    .features = FEATURES(HAS_INTEL_MAX),
    .xcr0_mask = 0x207,
    .mxcsr_mask = 0xffff,
    .choice = {INTEL_CHOICES},
};

static const struct profile zen = {
    .name = "zen",
    .title = "AMD EPYC (Zen 2)",
    .vendor = VENDOR_AMD,
    .vendor_string = "AuthenticAMD",
    .brand = "AMD EPYC 7002 Processor",
    .signature = 0x830f10,
    .reset_edx = 0x830f10,
    .physical_bits = 48,
    .linear_bits = 48,
    .max_leaf = 0x10,
    .max_extended_leaf = 0x8000001f,
    .features = FEATURES(HAS_ZEN),
    .xcr0_mask = 0x7,
    .mxcsr_mask = 0x2ffff,
    .choice = {.x87_conditions_unmasked = true,
               .fcomi_keeps_c1 = true,
               .loop_condition_by_rep = true,
               .call_pushes_first = true,
               .ud_without_modrm = true,
               .vex_w1_pextrd_reserved = true,
               .syscall_legacy = true,
               .branch_operand16_long = true,
               .tss_slot_8 = true,
               .return_reads_upper = true,
               .rep_zero_checks_port = true,
               .fxsave_pointers_on_error = true,
               .mmx_transition_first = true,
               .maskmov_checks_all = true,
               .sha_unaligned = true,
               .gather_mask_in_order = true},
};

const struct profile *const profiles[] = {&i80386, &i80486, &pentium, &skylake_server, &intel_max, &zen, 0};

const struct profile *profile_find(const char *name) {
    for (unsigned i = 0; profiles[i]; i++)
        if (strcmp(profiles[i]->name, name) == 0)
            return profiles[i];
    return 0;
}
