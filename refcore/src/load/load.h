/* SPDX-License-Identifier: BSD-2-Clause */
/* load.h - image loaders. They write RAM (before the first instruction runs) and say in which state to start.
 * Every function answers NULL, or what is wrong with the image as a static sentence; nothing beyond
 * `ram_size` is written, nothing beyond `size` read. */
#ifndef REFCORE_LOAD_LOAD_H
#define REFCORE_LOAD_LOAD_H

#include "../cpu/state.h"

#include <stddef.h>

struct devices;

enum { LOAD_MODULES_MAX = 32 };

struct load_module {
    const void *bytes;
    size_t size;
    const char *command_line;
};
struct load_start {
    uint32_t entry, information,
        gdt; /* physical addresses: entry point, multiboot information structure, a flat GDT */
};
/* Multiboot 0.6.96: ELF32, ELF64 where the header allows, a.out kludge; command line, modules, memory map. */
const char *load_multiboot(uint8_t *ram, uint64_t ram_size, const void *kernel, size_t size,
                           const char *command_line, const struct load_module *modules, unsigned module_count,
                           struct load_start *start);
/* The machine state of Multiboot 0.6.96, "Machine state". The caller derives segments and mode. */
void load_enter_multiboot(struct cpu *c, const struct load_start *start);

/* A raw disk: sector 0 to 0:7C00; the interrupt vector table, the BIOS data area and a small ROM of INT
 * 10h/11h/12h/13h/15h/16h/19h services that reach the devices' host services port. The image is copied. */
const char *load_disk(uint8_t *ram, uint64_t ram_size, struct devices *devices, const void *image,
                      size_t size);
void load_enter_disk(struct cpu *c);

#endif
