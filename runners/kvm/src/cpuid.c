/* cpuid.c - the processor a guest sees: what KVM supports, without what the profile's vendor never had.
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define ENTRIES_MAX 256u

/* Bits to clear, by leaf.  SDM Vol. 2A CPUID; APM Vol. 3 Appendix E. */
struct filter {
    uint32_t leaf, subleaf, ebx, ecx, edx;
};
/* Nothing here uses the APIC beyond what it is after reset: no MONITOR, x2APIC, TSC deadline. */
#define NO_APIC_ECX (1u << 3 | 1u << 21 | 1u << 24)
static const struct filter intel_lacks[] = {
    {1, 0, 0, 1u << 31 | NO_APIC_ECX, 1u << 28},
    /* of 80000001H Intel defines ECX LAHF LZCNT PREFETCHW, EDX SYSCALL NX 1GB RDTSCP LM */
    {0x80000001, 0, 0, ~(1u << 0 | 1u << 5 | 1u << 8),
     ~(1u << 11 | 1u << 20 | 1u << 26 | 1u << 27 | 1u << 29)},
    {0x80000008, 0, ~0u, ~0u, ~0u},
};
static const struct filter amd_lacks[] = {
    {1, 0, 0, 1u << 31 | NO_APIC_ECX, 1u << 28},
    /* HLE RTM MPX AVX512, MOVDIRI MOVDIR64B PKS */
    {7, 0, 1u << 4 | 1u << 11 | 1u << 14, 1u << 27 | 1u << 28 | 1u << 31, 0},
    /* SVM is not for the testcases here: nested guests have none of this runner's limits */
    {0x80000001, 0, 0, 1u << 2, 0},
};
/* Signatures of processors whose features KVM's set is nearest to. */
#define SIGNATURE_INTEL 0x000506e3u /* Skylake; SDM Vol. 4, table of display families and models */
#define SIGNATURE_AMD   0x00a00f11u /* Zen 3; AMD's revision guide for family 19h */

static void show_vendor(struct kvm_cpuid_entry2 *entry, enum vendor vendor) {
    const char *text = vendor == VENDOR_INTEL ? "GenuineIntel" : "AuthenticAMD";
    memcpy(&entry->ebx, text, 4);
    memcpy(&entry->edx, text + 4, 4);
    memcpy(&entry->ecx, text + 8, 4);
}

static void filter_entry(struct kvm_cpuid_entry2 *entry, enum vendor vendor) {
    const struct filter *list = vendor == VENDOR_INTEL ? intel_lacks : amd_lacks;
    size_t count = vendor == VENDOR_INTEL ? sizeof intel_lacks / sizeof *intel_lacks
                                          : sizeof amd_lacks / sizeof *amd_lacks;

    for (size_t n = 0; n < count; n++)
        if (list[n].leaf == entry->function && list[n].subleaf == entry->index) {
            entry->ebx &= ~list[n].ebx;
            entry->ecx &= ~list[n].ecx;
            entry->edx &= ~list[n].edx;
        }
    if (entry->function == 0 || (entry->function == 0x80000000u && vendor == VENDOR_AMD))
        show_vendor(entry, vendor);
    else if (entry->function == 0x80000000u)
        entry->ebx = entry->ecx = entry->edx = 0;
    else if (entry->function == 1) {
        entry->eax = vendor == VENDOR_INTEL ? SIGNATURE_INTEL : SIGNATURE_AMD;
        entry->ebx &= 0x0000ffffu; /* one processor, APIC id 0 */
        /* OSXSAVE follows CR4, not the host */
        entry->ecx &= ~(1u << 27);
    } else if (entry->function == 0x80000001u)
        entry->eax = vendor == VENDOR_INTEL ? 0 : SIGNATURE_AMD;
}

void cpuid_set(const struct vm *vm, enum vendor vendor) {
    struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + ENTRIES_MAX * sizeof cpuid->entries[0]);
    uint32_t kept = 0;

    if (!cpuid)
        leave(EXIT_EMULATOR, "no memory for CPUID");
    cpuid->nent = ENTRIES_MAX;
    if (ioctl(vm->kvm, KVM_GET_SUPPORTED_CPUID, cpuid) < 0)
        leave(EXIT_EMULATOR, "KVM tells no CPUID: %s", strerror(errno));
    for (uint32_t n = 0; n < cpuid->nent; n++) {
        struct kvm_cpuid_entry2 entry = cpuid->entries[n];
        uint32_t range = entry.function & 0xffff0000u;
        if (range == 0x40000000u)
            continue; /* the hypervisor's own leaves: no silicon has them */
        filter_entry(&entry, vendor);
        cpuid->entries[kept++] = entry;
    }
    cpuid->nent = kept;
    if (ioctl(vm->vcpu, KVM_SET_CPUID2, cpuid) < 0)
        leave(EXIT_EMULATOR, "KVM refuses the CPUID of this profile: %s", strerror(errno));
    free(cpuid);
}
