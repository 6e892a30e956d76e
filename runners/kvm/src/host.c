/* host.c - which KVM this is: its modules, the kernel, the CPU below.
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <cpuid.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static int is_kind(const struct dirent *entry) {
    return strncmp(entry->d_name, "kvm_", 4) == 0;
}

const char *host_kind(void) {
    static char kind[1024];
    struct dirent **list = NULL;
    int count;

    if (kind[0])
        return kind;
    count = scandir("/sys/module", &list, is_kind, alphasort);
    for (int n = 0; n < count; n++) {
        size_t used = strlen(kind);
        snprintf(kind + used, sizeof kind - used, "%s%.64s", used ? "+" : "", list[n]->d_name);
        free(list[n]);
    }
    free(list);
    if (!kind[0])
        strcpy(kind, "kvm");
    return kind;
}

const char *host_family(void) {
    static char family[1024];

    strcpy(family, host_kind());
    for (char *at = family; *at; at++)
        if (*at == '_')
            *at = '-';
    return family;
}

const char *host_version(void) {
    static char version[1200];
    struct utsname name;

    if (uname(&name) != 0)
        strcpy(name.release, "unknown");
    snprintf(version, sizeof version, "%s (%s)", name.release, host_kind());
    return version;
}

const char *host_vendor(void) {
    static char vendor[13];
    uint32_t eax, word[3];

    if (__get_cpuid(0, &eax, &word[0], &word[2], &word[1]))
        memcpy(vendor, word, 12);
    return vendor;
}

/* Under VMX and SVM instructions run on silicon, which keeps to its own vendor's rules whatever CPUID says.
   A KVM that emulates all that is privileged obeys the vendor of the guest's CPUID (SYSCALL, SYSENTER:
   arch/x86/kvm/emulate.c). */
const char *host_refuses(enum vendor vendor) {
    static char reason[1200];
    const char *silicon = host_vendor();
    const char *wanted = vendor == VENDOR_INTEL ? "GenuineIntel" : "AuthenticAMD";

    if (strstr(host_kind(), "kvm_pvm") || strcmp(silicon, wanted) == 0)
        return NULL;
    snprintf(reason, sizeof reason, "%s runs guests on a CPU of %s, which cannot behave as %s", host_kind(),
             silicon, wanted);
    return reason;
}

/* UD2 and the letters "kvm" before an instruction make KVM emulate what would run on silicon, where the
   module kvm has been told so (Documentation/admin-guide/kernel-parameters.txt,
   kvm.force_emulation_prefix). */
const char *host_refuses_prefix(void) {
    FILE *file = fopen("/sys/module/kvm/parameters/force_emulation_prefix", "r");
    int value = 0;

    if (!file)
        return "this kernel's KVM has no forced-emulation prefix";
    if (fscanf(file, "%d", &value) != 1)
        value = 0;
    fclose(file);
    if (value == 0)
        return "the forced-emulation prefix is switched off (module parameter kvm.force_emulation_prefix is "
               "0)";
    return NULL;
}
