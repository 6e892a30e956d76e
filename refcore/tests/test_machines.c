/* SPDX-License-Identifier: BSD-2-Clause */
/* test_machines - a thousand machines in one process: they run in turns, each by itself, and take host
 * memory by what they touch. */
#include "refcore.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MACHINES = 1000, PAGE = 4096, CODE_AT = 0x1000, COUNT_AT = 4, FIRST_PAGE = 0x20000 };
#define MEMORY (UINT64_C(64) << 20)
/* MiB a machine takes besides its touched pages: CPU, TLBs, decoded blocks, what marks code pages */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OVERHEAD 4.0
#endif
#endif
#ifndef OVERHEAD
#define OVERHEAD 0.75
#endif

static struct refcore *machines[MACHINES];
static unsigned failures;

#define EXPECT(condition, what)                                                                              \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            printf("test_machines: %s\n", what);                                                             \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)

/* Real mode: a byte, CL, into each of CX pages from 20000h on, and AX += CX a page; then the exit port. */
static const uint8_t code[] = {
    0xba, 0x00, 0x20,       /* mov dx, 2000h */
    0xb9, 0,    0,          /* mov cx, COUNT */
    0x8e, 0xda,             /* L: mov ds, dx */
    0x88, 0x0e, 0x00, 0x00, /* mov [0], cl */
    0x01, 0xc8,             /* add ax, cx */
    0x81, 0xc2, 0x00, 0x01, /* add dx, 100h */
    0xe2, 0xf2,             /* loop L */
    0xb0, 0x00, 0xe6, 0xf4, /* mov al, 0; out F4h, al */
};

static double resident_mib(void) {
    unsigned long size = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f) {
        EXPECT(fscanf(f, "%lu %lu", &size, &resident) == 2, "/proc/self/statm");
        fclose(f);
    }
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static unsigned pages_of(unsigned machine, unsigned least) {
    return least + machine % 7;
}

static bool begin(unsigned i, unsigned least) {
    uint8_t patched[sizeof code];
    struct refcore_state s;
    memcpy(patched, code, sizeof code);
    patched[COUNT_AT] = (uint8_t)pages_of(i, least);
    machines[i] = refcore_create("intel-max", MEMORY);
    if (!machines[i])
        return false;
    refcore_write_memory(machines[i], CODE_AT, patched, sizeof patched);
    refcore_get_state(machines[i], &s);
    s.segment[1].selector = 0;
    s.segment[1].base = 0;
    s.rip = CODE_AT;
    s.gpr[0] = i;
    return refcore_set_state(machines[i], &s);
}

static void check(unsigned i, unsigned least) {
    struct refcore_state s;
    unsigned pages = pages_of(i, least);
    refcore_get_state(machines[i], &s);
    uint16_t sum = (uint16_t)(i + pages * (pages + 1) / 2);
    EXPECT((s.gpr[0] & 0xff00) == (sum & 0xff00) && s.gpr[1] == 0, "each machine has its own registers");
    for (unsigned p = 0; p < pages; p++) {
        uint8_t byte = 0;
        refcore_read_memory(machines[i], FIRST_PAGE + p * PAGE, &byte, 1);
        EXPECT(byte == (uint8_t)(pages - p), "each machine has its own memory");
    }
}

/* MiB a machine, all of them alive at once. */
static double run_all(unsigned least) {
    double before = resident_mib();
    for (unsigned i = 0; i < MACHINES; i++)
        EXPECT(begin(i, least), "refcore_create");
    unsigned running = MACHINES;
    static bool done[MACHINES];
    memset(done, 0, sizeof done);
    while (running)
        for (unsigned i = 0; i < MACHINES; i++)
            if (!done[i] && refcore_run(machines[i], 50) == REFCORE_EXIT) {
                done[i] = true;
                running--;
            }
    double mib = (resident_mib() - before) / MACHINES;
    for (unsigned i = 0; i < MACHINES; i++)
        check(i, least);
    for (unsigned i = 0; i < MACHINES; i++)
        refcore_destroy(machines[i]);
    return mib;
}

int main(void) {
    double few = run_all(8), many = run_all(128);
    double touched = 120.0 * PAGE / (1 << 20);
    printf("%d machines: %.2f MiB each with 44 KiB touched, %.2f MiB with 524 KiB, ", MACHINES, few, many);
    EXPECT(few < OVERHEAD, "memory in proportion to what was touched: little");
    EXPECT(many < touched * 2 + OVERHEAD, "memory in proportion to what was touched: much");
    printf("%u failures\n", failures);
    return failures != 0;
}
