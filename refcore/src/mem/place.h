/* SPDX-License-Identifier: BSD-2-Clause */
/* place.h - where a physical address lies. Only for mem/. */
#ifndef REFCORE_MEM_PLACE_H
#define REFCORE_MEM_PLACE_H

#include "mem.h"

#define FOUR_GIB      (UINT64_C(1) << 32)
#define PAGE_BYTES    UINT64_C(4096)
#define PAGE_OFFSET   (PAGE_BYTES - 1)
#define LOW_ROM_END   UINT64_C(0x100000)
#define LOW_ROM_BYTES UINT64_C(0x20000)

struct place {
    uint8_t *host;    /* NULL: no plain memory */
    size_t page;      /* index into code_page */
    uint64_t address; /* the address itself; for the low copy of the ROM the ROM's */
    bool rom;
};

static inline bool in_low_rom(const struct physical *p, uint64_t address) {
    uint64_t bytes = p->rom_size < LOW_ROM_BYTES ? p->rom_size : LOW_ROM_BYTES;
    return address < LOW_ROM_END && address >= LOW_ROM_END - bytes;
}

/* `address` has been masked by A20. */
static inline struct place place_of(const struct physical *p, uint64_t address) {
    struct place at = {.address = address};
    if (UNLIKELY(in_low_rom(p, address)))
        at.address = address - LOW_ROM_END + FOUR_GIB;
    else if (LIKELY(address < p->ram_size)) {
        at.host = p->ram + address;
        at.page = (size_t)(address / PAGE_BYTES);
        return at;
    }
    if (at.address >= p->rom_base && at.address - p->rom_base < p->rom_size) {
        at.host = p->rom + (at.address - p->rom_base);
        at.page = (size_t)((p->ram_size + at.address - p->rom_base) / PAGE_BYTES);
        at.rom = true;
    }
    return at;
}

#endif
