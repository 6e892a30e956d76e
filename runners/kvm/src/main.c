/* main.c - the command line of the runner protocol: probe and boot.
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void leave(int code, const char *format, ...) {
    va_list arguments;
    char text[512];

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (text[0])
        fprintf(stderr, "%s\n", text);
    fflush(NULL);
    _exit(code);
}

static void print_json(const char *text) {
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        if ((unsigned char)*text >= ' ')
            putchar(*text);
    }
    putchar('"');
}

static int refuse(const char *reason) {
    fputs("{\"available\": false, \"reason\": ", stdout);
    print_json(reason);
    puts("}");
    return 0;
}

/* A family of its own where windows begin in KVM's emulator: neither the voice nor the defects of what runs
   them otherwise. */
static int offer(bool forced, const char *detail, const char *modes) {
    char version[1300], family[1100];

    snprintf(version, sizeof version, "%s%s", host_version(), forced ? ", forced emulation" : "");
    snprintf(family, sizeof family, "%s%s", host_family(), forced ? "-fep" : "");
    fputs("{\"available\": true, \"version\": ", stdout);
    print_json(version);
    fputs(", \"detail\": ", stdout);
    print_json(detail);
    fputs(", \"family\": ", stdout);
    print_json(family);
    printf(", \"modes\": {%s}}\n", modes);
    return 0;
}

/* What the detail says of the prefix, or NULL and the reason: KVM itself is asked, not only its parameter. */
static const char *ask_prefix(struct classes *classes, enum prefix_kind prefix, const char **reason) {
    static char text[512];
    const char *lacking;

    if (prefix == PREFIX_NONE)
        return "";
    lacking = classes_prefix_lacks(classes, prefix_bytes(prefix));
    if (!lacking && prefix == PREFIX_FORCED) {
        *reason = "kvm.force_emulation_prefix is not 0, but this KVM runs no instruction behind the prefix";
        return NULL;
    }
    snprintf(text, sizeof text, "; %s%s%s",
             prefix == PREFIX_NOPS
                 ? "windows begin behind five NOPs"
                 : "windows begin under forced emulation (their first instruction, no other)",
             lacking && !lacking[0] ? "" : ", but not here: ", lacking ? lacking : "no instruction is run");
    return text;
}

static int probe(const struct call *call) {
    const char *reason = NULL;
    char detail[1536], modes[256] = "";
    const char *missing, *prefixed;
    struct classes *classes;
    int kvm = kvm_open(&reason);

    if (kvm < 0)
        return refuse(reason);
    reason = host_refuses(call->vendor);
    if (!reason && call->prefix == PREFIX_FORCED)
        reason = host_refuses_prefix();
    if (reason)
        return refuse(reason);
    watch_start();
    classes = classes_new(kvm, call->vendor);
    prefixed = ask_prefix(classes, call->prefix, &reason);
    if (!prefixed)
        return refuse(reason);
    missing = classes_line(classes);
    snprintf(detail, sizeof detail, "CPUID says %s, the CPU below is %s%s%s%s",
             call->vendor == VENDOR_INTEL ? "GenuineIntel" : "AuthenticAMD", host_vendor(), prefixed,
             missing[0] ? "; unemulated: " : "", missing);
    if (classes_lack_paging(classes, false))
        strcat(modes, "\"pm32-p32\": \"unemulated: 32-bit paging\"");
    if (classes_lack_paging(classes, true))
        sprintf(modes + strlen(modes), "%s\"pm32-pae\": \"unemulated: PAE paging in protected mode\"",
                modes[0] ? ", " : "");
    offer(call->prefix == PREFIX_FORCED || call->prefix == PREFIX_UNASKED, detail, modes);
    classes_free(classes);
    return 0;
}

static void take_option(struct call *call, const char *option) {
    if (strcmp(option, "cpu=intel") == 0)
        call->vendor = VENDOR_INTEL;
    else if (strcmp(option, "cpu=amd") == 0)
        call->vendor = VENDOR_AMD;
    else if (strcmp(option, "fep=on") == 0)
        call->prefix = PREFIX_FORCED;
    else if (strcmp(option, "fep=nops") == 0)
        call->prefix = PREFIX_NOPS;
    else if (strcmp(option, "fep=unasked") == 0)
        call->prefix = PREFIX_UNASKED;
    else if (strcmp(option, "hidden=on") == 0 || strcmp(option, "hidden=1") == 0)
        call->hidden = true;
    else if (strcmp(option, "hidden=off") == 0 || strcmp(option, "hidden=0") == 0)
        call->hidden = false;
    else if (call->probe)
        exit(refuse("unknown option; this runner knows cpu=intel, cpu=amd, fep and hidden"));
    else
        leave(EXIT_UNAVAILABLE, "unknown option %s; this runner knows cpu=intel, cpu=amd, fep and hidden",
              option);
}

int main(int argc, char **argv) {
    struct call call = {.vendor = VENDOR_INTEL};

    if (argc < 2 || (strcmp(argv[1], "probe") != 0 && strcmp(argv[1], "boot") != 0))
        leave(EXIT_EMULATOR, "usage: %s probe|boot ... (docs/runner-protocol.md)", argv[0]);
    call.probe = strcmp(argv[1], "probe") == 0;
    if (strncmp(host_vendor(), "AuthenticAMD", 12) == 0)
        call.vendor = VENDOR_AMD;
    for (int n = 2; n < argc; n += 2) {
        if (n + 1 == argc)
            leave(EXIT_EMULATOR, "argument %s lacks its value", argv[n]);
        if (strcmp(argv[n], "--opt") == 0)
            take_option(&call, argv[n + 1]);
        else if (strcmp(argv[n], "--image") == 0)
            call.image = argv[n + 1];
        else if (strcmp(argv[n], "--stream") == 0)
            call.stream = argv[n + 1];
        else if (strcmp(argv[n], "--scratch") != 0)
            leave(EXIT_EMULATOR, "unknown argument %s", argv[n]);
    }
    if (call.probe)
        return probe(&call);
    if (!call.image || !call.stream)
        leave(EXIT_EMULATOR, "boot needs --image and --stream");
    boot(&call);
}
