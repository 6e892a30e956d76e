/* SPDX-License-Identifier: BSD-2-Clause */
/* physical.c - physical memory: RAM from address 0, the ROM at the top of 4 GiB with its low copy, devices
 * elsewhere. */
#include "../cpu/bus.h"
#include "place.h"

#include <stdlib.h>
#include <sys/mman.h>

#define RAM_LIMIT UINT64_C(0xc0000000)
#define ROM_LIMIT UINT64_C(0x200000)
#define GRANULE   UINT64_C(0x10000)

bool physical_create(struct physical *p, uint64_t ram_bytes, int file) {
    *p = (struct physical){0};
    if (ram_bytes == 0 || ram_bytes % GRANULE || ram_bytes > RAM_LIMIT)
        return false;
    int kind = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED;
    void *ram = mmap(0, (size_t)ram_bytes, PROT_READ | PROT_WRITE, kind, file, 0);
    if (ram == MAP_FAILED)
        return false;
    p->code_page = calloc((size_t)((ram_bytes + ROM_LIMIT) / PAGE_BYTES), 1);
    if (!p->code_page) {
        munmap(ram, (size_t)ram_bytes);
        return false;
    }
    p->ram = ram;
    p->ram_size = ram_bytes;
    return true;
}

void physical_destroy(struct physical *p) {
    if (p->ram)
        munmap(p->ram, (size_t)p->ram_size);
    free(p->rom);
    free(p->code_page);
    free(p->dirty_page);
    *p = (struct physical){0};
}

bool physical_set_rom(struct physical *p, const uint8_t *image, size_t size) {
    if (size == 0 || size % GRANULE || size > ROM_LIMIT)
        return false;
    uint8_t *rom = malloc(size);
    if (!rom)
        return false;
    memcpy(rom, image, size);
    free(p->rom);
    p->rom = rom;
    p->rom_size = size;
    p->rom_base = FOUR_GIB - size;
    return true;
}

bool physical_track_dirty(struct cpu *c) {
    struct physical *p = c->physical;
    size_t pages = (size_t)(p->ram_size / PAGE_BYTES);
    if (!p->dirty_page)
        p->dirty_page = malloc(pages);
    if (!p->dirty_page)
        return false;
    memset(p->dirty_page, 0, pages);
    tlb_flush(c, true); /* a write tag stands for a page that is marked */
    return true;
}

uint8_t *physical_page(struct cpu *c, uint64_t address, enum access access) {
    struct place at = place_of(c->physical, address & c->a20_mask & ~PAGE_OFFSET);
    return access == ACCESS_WRITE && at.rom ? 0 : at.host;
}

/* The naturally aligned piece at the start of a device access. */
static unsigned device_piece(uint64_t address, size_t size) {
    unsigned piece = 8;
    while (piece > size || address % piece)
        piece /= 2;
    return piece;
}

static void device_read(struct cpu *c, uint64_t address, uint8_t *to, size_t size) {
    while (size) {
        unsigned piece = device_piece(address, size);
        uint64_t value = ~UINT64_C(0);
        if (c->bus)
            value = c->bus->memory_read(c->bus->device, c, address, piece);
        memcpy(to, &value, piece);
        address += piece;
        to += piece;
        size -= piece;
    }
}

static void device_write(struct cpu *c, uint64_t address, const uint8_t *from, size_t size) {
    while (size) {
        unsigned piece = device_piece(address, size);
        uint64_t value = 0;
        memcpy(&value, from, piece);
        if (c->bus)
            c->bus->memory_write(c->bus->device, c, address, piece, value);
        address += piece;
        from += piece;
        size -= piece;
    }
}

static size_t chunk_in_page(uint64_t address, size_t size) {
    size_t room = (size_t)(PAGE_BYTES - (address & PAGE_OFFSET));
    return size < room ? size : room;
}

void physical_read(struct cpu *c, uint64_t address, void *to, size_t size) {
    uint8_t *out = to;
    while (size) {
        size_t chunk = chunk_in_page(address, size);
        struct place at = place_of(c->physical, address & c->a20_mask);
        if (at.host)
            memcpy(out, at.host, chunk);
        else
            device_read(c, at.address, out, chunk);
        address += chunk;
        out += chunk;
        size -= chunk;
    }
}

void physical_write(struct cpu *c, uint64_t address, const void *from, size_t size) {
    struct physical *p = c->physical;
    const uint8_t *in = from;
    while (size) {
        size_t chunk = chunk_in_page(address, size);
        struct place at = place_of(p, address & c->a20_mask);
        if (!at.host) {
            device_write(c, at.address, in, chunk);
        } else if (!at.rom) {
            if (p->code_page[at.page])
                watched_page_written(c, at.page, at.address, chunk);
            if (p->dirty_page)
                p->dirty_page[at.page] = 1;
            memcpy(at.host, in, chunk);
        }
        address += chunk;
        in += chunk;
        size -= chunk;
    }
}

uint64_t physical_read64(struct cpu *c, uint64_t address) {
    uint64_t value;
    struct place at = place_of(c->physical, address & c->a20_mask);
    if (LIKELY(at.host))
        memcpy(&value, at.host, 8);
    else
        physical_read(c, address, &value, 8);
    return value;
}

uint32_t physical_read32(struct cpu *c, uint64_t address) {
    uint32_t value;
    struct place at = place_of(c->physical, address & c->a20_mask);
    if (LIKELY(at.host))
        memcpy(&value, at.host, 4);
    else
        physical_read(c, address, &value, 4);
    return value;
}
