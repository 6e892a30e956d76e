/* SPDX-License-Identifier: BSD-2-Clause */
/* elf.h - reads the program headers of an untrusted ELF file. */
#ifndef REFCORE_LOAD_ELF_H
#define REFCORE_LOAD_ELF_H

#include <stddef.h>
#include <stdint.h>

/* The memory that loading fills; `end` is the first address beyond everything loaded. */
struct load_memory {
    uint8_t *ram;
    uint64_t size, end;
};

/* Copies `length` bytes of the image to `address` and clears up to `total`. NULL, or what is wrong. */
const char *load_segment(struct load_memory *m, const uint8_t *image, size_t size, uint64_t offset,
                         uint64_t length, uint64_t address, uint64_t total);
/* Loads the PT_LOAD segments at their physical addresses; *entry gets the physical entry point. */
const char *elf_load(struct load_memory *m, const uint8_t *image, size_t size, uint32_t *entry);

#endif
