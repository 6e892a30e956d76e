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

static int answer(bool available, const char *text, const char *detail, const char *modes) {
    printf("{\"available\": %s, \"%s\": ", available ? "true" : "false", available ? "version" : "reason");
    print_json(text);
    if (available) {
        fputs(", \"detail\": ", stdout);
        print_json(detail);
        fputs(", \"family\": ", stdout);
        print_json(host_family());
        printf(", \"modes\": {%s}", modes);
    }
    puts("}");
    return 0;
}

static int probe(const struct call *call) {
    const char *reason = NULL;
    char detail[1024], modes[256] = "";
    const char *missing;
    struct classes *classes;
    int kvm = kvm_open(&reason);

    if (kvm < 0)
        return answer(false, reason, "", "");
    reason = call->prefix ? host_refuses_prefix() : host_refuses(call->vendor);
    if (reason)
        return answer(false, reason, "", "");
    watch_start();
    classes = classes_new(kvm, call->vendor);
    missing = classes_line(classes);
    snprintf(detail, sizeof detail, "CPUID says %s, the CPU below is %s%s%s",
             call->vendor == VENDOR_INTEL ? "GenuineIntel" : "AuthenticAMD", host_vendor(),
             missing[0] ? "; unemulated: " : "", missing);
    if (classes_lack_paging(classes, false))
        strcat(modes, "\"pm32-p32\": \"unemulated: 32-bit paging\"");
    if (classes_lack_paging(classes, true))
        sprintf(modes + strlen(modes), "%s\"pm32-pae\": \"unemulated: PAE paging in protected mode\"",
                modes[0] ? ", " : "");
    answer(true, host_version(), detail, modes);
    classes_free(classes);
    return 0;
}

static void take_option(struct call *call, const char *option) {
    if (strcmp(option, "cpu=intel") == 0)
        call->vendor = VENDOR_INTEL;
    else if (strcmp(option, "cpu=amd") == 0)
        call->vendor = VENDOR_AMD;
    else if (strcmp(option, "fep=on") == 0)
        call->prefix = true;
    else if (strcmp(option, "hidden=on") == 0 || strcmp(option, "hidden=1") == 0)
        call->hidden = true;
    else if (strcmp(option, "hidden=off") == 0 || strcmp(option, "hidden=0") == 0)
        call->hidden = false;
    else if (call->probe)
        exit(answer(false, "unknown option; this runner knows cpu=intel, cpu=amd, fep and hidden", "", ""));
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
