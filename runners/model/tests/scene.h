/* SPDX-License-Identifier: BSD-2-Clause */
/* scene.h - a small machine by hand for the models' unit tests: RAM, descriptor tables, page tables, the state at launch. */
#ifndef RINGDIFF_MODEL_TESTS_SCENE_H
#define RINGDIFF_MODEL_TESTS_SCENE_H

#include "../ringdiff_model.h"

enum {
    RAM_SIZE = 1 << 25,
    GDT = 0x40000,
    TSS = 0x40600,
    IDT = 0x41000,    /* the vector table in real mode */
    TABLES = 0x42000, /* PML4 or PDPT or page directory, PDPT, page directory, page table */
    STACK0 = 0x48000, /* top of the stack of CPL 0 */
    STACK_TOP = 0x49f00,
    CODE = 0x4a000,
    DATA = 0x4c000, /* two writable pages */
    READ_ONLY = 0x4e000,
    SUPERVISOR = 0x4f000,
    NO_EXECUTE = 0x50000,
    ABSENT = 0x51000, /* and all behind it */
    STUBS = 0x60000,  /* handler of vector v at STUBS + 16 v: the capture range */
    STUBS_END = 0x60fff,
};
enum { ES, CS, SS, DS, FS, GS, LDTR, TR };
/* selectors of the scene's GDT, without RPL */
enum {
    KCODE = 0x08,
    KDATA = 0x10,
    UCODE = 0x18,
    UDATA = 0x20,
    KTSS = 0x28,
    UDOWN = 0x38,
    UCODE16 = 0x40,
    UDATA16 = 0x48
};

struct scene {
    int file;
    uint8_t *ram;
};
bool scene_open(struct scene *s);
void scene_close(struct scene *s);
/* Fills the arena for a mode and answers the state at launch: flat segments (16-bit modes: base GDT), RIP at CODE, general
 * registers 0x0101..., x87 and SSE as reset, IF clear. */
struct ringdiff_state scene_set(struct scene *s, uint32_t mode, unsigned cpl);
/* A segment register as if it had been loaded from the scene's GDT. */
struct ringdiff_segment scene_segment(const struct scene *s, unsigned selector);

#endif
