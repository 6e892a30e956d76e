/* SPDX-License-Identifier: BSD-2-Clause */
/* machines - what a machine costs besides its instructions: machines REFCORE ROM GUEST prints one line a measure, `name
 * value`. All times are CPU time, each the best of several; what cost is flat in is a median of ratios. GUEST is guest.asm's
 * binary, ROM an image that writes the exit port at once. */
#include "refcore.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, GUEST_AT = 0x10000, TOUCH = 0x100, WORK = 0x200, VISIT = 0x300 };
#define MIB       (UINT64_C(1) << 20)
#define TABLES    (1 * MIB)
#define CODE      (320 * MIB)
#define MAPPED    (576 * MIB)
#define UNLIMITED (UINT64_C(1) << 60)

extern char **environ;
static uint8_t guest[PAGE];
static size_t guest_size;

static void fail(const char *why) {
    fprintf(stderr, "machines: %s\n", why);
    exit(2);
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double wall_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- a machine in 64-bit mode ---- */

static void put(struct refcore *m, uint64_t address, uint64_t value) {
    refcore_write_memory(m, address, &value, sizeof value);
}

/* Identity, 4 KiB pages, accessed and dirty already. */
static void write_tables(struct refcore *m) {
    uint64_t next = TABLES + 3 * PAGE;
    put(m, TABLES, (TABLES + PAGE) | 7);
    put(m, TABLES + PAGE, (TABLES + 2 * PAGE) | 7);
    for (uint64_t table = 0; table < MAPPED / (2 * MIB); table++, next += PAGE) {
        put(m, TABLES + 2 * PAGE + table * 8, next | 7);
        for (uint64_t i = 0; i < 512; i++)
            put(m, next + i * 8, (table * 2 * MIB + i * PAGE) | 0x63);
    }
}

static struct refcore *machine(uint64_t memory) {
    struct refcore *m = refcore_create("intel-max", memory);
    if (!m)
        fail("no memory for a machine");
    refcore_write_memory(m, GUEST_AT, guest, guest_size);
    return m;
}

static void run(struct refcore *m, uint64_t entry, uint64_t count, uint64_t rounds) {
    struct refcore_state s;
    put(m, GUEST_AT, count);
    put(m, GUEST_AT + 8, rounds);
    refcore_get_state(m, &s);
    s.cr0 = 0x80000011; /* PG, ET, PE */
    s.cr4 = 0x20;       /* PAE */
    s.cr3 = TABLES;
    s.efer = 0x500; /* LMA, LME */
    s.rip = GUEST_AT + entry;
    s.rflags = 2;
    s.gpr[4] = 0x9000;
    s.halted = false;
    for (unsigned i = 0; i < 6; i++) /* flat; CS: 64-bit code */
        s.segment[i] = (struct refcore_segment){8, i == 1 ? 0xa09b : 0xc093, UINT32_MAX, 0, false};
    if (!refcore_set_state(m, &s) || refcore_run(m, UNLIMITED) != REFCORE_EXIT)
        fail("the guest did not come to its end");
}

/* Million instructions a second of one run of `entry`. */
static double rate(struct refcore *m, uint64_t entry, uint64_t count, uint64_t rounds) {
    struct refcore_state before, after;
    refcore_get_state(m, &before);
    double begin = seconds();
    run(m, entry, count, rounds);
    double spent = seconds() - begin;
    refcore_get_state(m, &after);
    return (double)(after.instructions - before.instructions) / spent * 1e-6;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
/* The median: `count` values, an odd number of them, which it sorts. */
static double median(double *value, unsigned count) {
    qsort(value, count, sizeof *value, ascending);
    return value[count / 2];
}

/* ---- measures ---- */

static double process_ms(const char *refcore, const char *rom) {
    char *const arguments[] = {(char *)refcore, "--rom", (char *)rom, "--debugcon", "/dev/null", 0};
    double best = 1e9;
    for (unsigned i = 0; i < 50; i++) {
        pid_t child;
        int status;
        double begin = wall_seconds();
        if (posix_spawn(&child, refcore, 0, 0, arguments, environ) != 0)
            fail("the core cannot be started");
        waitpid(child, &status, 0);
        double spent = wall_seconds() - begin;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
            fail("the minimal image did not exit as it should");
        best = spent < best ? spent : best;
    }
    return best * 1e3;
}

/* A guest of 16 MiB touched that dirties `pages` more pages between two restores. */
static void snapshots(double *take_us, double *restore_us, uint64_t pages) {
    struct refcore *m = machine(128 * MIB);
    write_tables(m);
    run(m, TOUCH, 4096, 0);
    struct refcore_snapshot *first = refcore_snapshot_take(m);
    *take_us = *restore_us = 1e9;
    for (unsigned i = 0; i < 200 && first; i++) {
        run(m, TOUCH, pages, 0);
        double begin = seconds();
        struct refcore_snapshot *second = refcore_snapshot_take(m);
        double taken = seconds();
        if (!second)
            fail("no memory for a snapshot");
        refcore_snapshot_free(second);
        refcore_snapshot_restore(m, first);
        run(m, TOUCH, pages, 0);
        double dirtied = seconds();
        refcore_snapshot_restore(m, first);
        double end = seconds();
        *take_us = (taken - begin) * 1e6 < *take_us ? (taken - begin) * 1e6 : *take_us;
        *restore_us = (end - dirtied) * 1e6 < *restore_us ? (end - dirtied) * 1e6 : *restore_us;
    }
    refcore_snapshot_free(first);
    refcore_destroy(m);
}

static double resident_mib(void) {
    unsigned long size = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%lu %lu", &size, &resident) != 2)
        fail("/proc/self/statm cannot be read");
    fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / (double)MIB;
}

/* MiB of host memory a machine of 64 MiB of which `touched` pages are written in real mode's reach. */
static double machine_mib(unsigned machines, uint64_t touched) {
    static struct refcore *m[1000];
    double before = resident_mib();
    for (unsigned i = 0; i < machines; i++) {
        /* mov ax, 2000h; mov cx, [600h]; L: mov ds, ax; mov [0], cl; add ax, 100h; loop L; mov al, 0; out F4h, al */
        static const uint8_t code[] = {0xb8, 0x00, 0x20, 0xb9, 0,    0,    0x8e, 0xd8, 0x88, 0x0e, 0,
                                       0,    0x05, 0x00, 0x01, 0xe2, 0xf5, 0xb0, 0,    0xe6, 0xf4};
        uint8_t patched[sizeof code];
        memcpy(patched, code, sizeof code);
        patched[4] = (uint8_t)touched;
        patched[5] = (uint8_t)(touched >> 8);
        m[i] = refcore_create("intel-max", 64 * MIB);
        if (!m[i])
            fail("no memory for a machine");
        refcore_write_memory(m[i], 0x1000, patched, sizeof patched);
        struct refcore_state s;
        refcore_get_state(m[i], &s);
        s.segment[1].selector = 0;
        s.segment[1].base = 0;
        s.rip = 0x1000;
        if (!refcore_set_state(m[i], &s) || refcore_run(m[i], UNLIMITED) != REFCORE_EXIT)
            fail("a machine did not come to its end");
    }
    double mib = (resident_mib() - before) / machines;
    for (unsigned i = 0; i < machines; i++)
        refcore_destroy(m[i]);
    return mib;
}

/* A function of some thousand instructions in each of `pages` pages, at other offsets each. */
static void write_functions(struct refcore *m, uint64_t pages) {
    static const uint8_t code[] = {
        0xb9, 0,    1,    0,    0, /* mov ecx, 256 */
        0x48, 0x01, 0xc8,          /* L: add rax, rcx */
        0x48, 0x31, 0xd0,          /* xor rax, rdx */
        0x48, 0xc1, 0xc8, 0x03,    /* ror rax, 3 */
        0xff, 0xc9, 0x75, 0xf2,    /* dec ecx; jnz L */
        0xc3,
    };
    for (uint64_t i = 0; i < pages; i++)
        refcore_write_memory(m, CODE + i * PAGE + (i << 6 & 0xfc0), code, sizeof code);
}

/* Each the median of several rounds in which the two machines, or counts, take turns. */
static void flat_cost(void) {
    enum { TURNS = 15 };
    double value[TURNS];
    struct refcore *few = machine(640 * MIB), *many = machine(640 * MIB);
    write_tables(few);
    write_tables(many);
    run(few, TOUCH, 256, 0);
    run(many, TOUCH, 65536, 0);
    for (unsigned i = 0; i < TURNS; i++) {
        double fast = rate(few, WORK, 0, 4000);
        value[i] = fast / rate(many, WORK, 0, 4000);
    }
    printf("touched_256_mib %.3f\n", median(value, TURNS));
    write_functions(many, 10000);
    run(many, VISIT, 10000, 2);
    for (unsigned i = 0; i < TURNS; i++) {
        double fast = rate(many, VISIT, 10, 2000);
        value[i] = fast / rate(many, VISIT, 10000, 2);
    }
    printf("code_10000_pages %.3f\n", median(value, TURNS));
    refcore_destroy(few);
    refcore_destroy(many);
}

int main(int argc, char **argv) {
    if (argc != 4)
        fail("usage: machines REFCORE ROM GUEST");
    FILE *f = fopen(argv[3], "rb");
    if (!f || (guest_size = fread(guest, 1, sizeof guest, f)) == 0)
        fail("the guest cannot be read");
    fclose(f);
    printf("machine_64k %.3f\n", machine_mib(1000, 16));
    printf("machine_512k %.3f\n", machine_mib(1000, 128));
    printf("process %.3f\n", process_ms(argv[1], argv[2]));
    double take, restore;
    snapshots(&take, &restore, 4);
    printf("take %.1f\nrestore %.1f\n", take, restore);
    flat_cost();
    return 0;
}
