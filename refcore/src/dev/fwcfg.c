/* SPDX-License-Identifier: BSD-2-Clause */
/* fwcfg.c - QEMU's firmware configuration device: selector at 510h, data at 511h, DMA address at 514h. One
 * file, etc/e820. QEMU documentation, "QEMU Firmware Configuration (fw_cfg) Device". */
#include "board.h"

#include <string.h>

enum {
    KEY_SIGNATURE = 0,
    KEY_ID = 1,
    KEY_RAM_SIZE = 3,
    KEY_CPUS = 5,
    KEY_MAX_CPUS = 0xf,
    KEY_DIRECTORY = 0x19,
    KEY_E820 = 0x20,
    KEY_MASK = 0x3fff,
};
enum { ID_TRADITIONAL = 1, ID_DMA = 2 };
/* of a DMA access: the control word */
enum { DMA_ERROR = 1, DMA_READ = 2, DMA_SKIP = 4, DMA_SELECT = 8, DMA_WRITE = 16 };
enum { PORT_SELECT = 0x510, PORT_DATA = 0x511, PORT_DMA = 0x514, PORT_DMA_LOW = 0x518 };
enum { NAME = 56, E820_BYTES = 20, DIRECTORY_BYTES = 4 + 8 + NAME, ITEM_MAX = DIRECTORY_BYTES };

static void big_endian(uint8_t *to, uint64_t value, unsigned size) {
    while (size) {
        to[--size] = (uint8_t)value;
        value >>= 8;
    }
}
static uint64_t from_big_endian(const uint8_t *from, unsigned size) {
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value = value << 8 | from[i];
    return value;
}

/* Count, then one entry a file: size, key, two bytes reserved, name. */
static unsigned directory(uint8_t to[ITEM_MAX]) {
    memset(to, 0, DIRECTORY_BYTES);
    big_endian(to, 1, 4);
    big_endian(to + 4, E820_BYTES, 4);
    big_endian(to + 8, KEY_E820, 2);
    memcpy(to + 12, "etc/e820", sizeof "etc/e820");
    return DIRECTORY_BYTES;
}

/* One range of usable RAM from address 0: address, length, type. */
static unsigned e820(const struct devices *d, uint8_t to[ITEM_MAX]) {
    static const uint8_t usable[4] = {1};
    memset(to, 0, 8);
    memcpy(to + 8, &d->ram_bytes, 8);
    memcpy(to + 16, usable, 4);
    return E820_BYTES;
}

/* Items are little-endian, the directory is not. */
static unsigned item(const struct devices *d, unsigned key, uint8_t to[ITEM_MAX]) {
    uint64_t value;
    unsigned size;
    switch (key) {
    case KEY_SIGNATURE:
        memcpy(to, "QEMU", 4);
        return 4;
    case KEY_ID:
        value = ID_TRADITIONAL | ID_DMA;
        size = 4;
        break;
    case KEY_RAM_SIZE:
        value = d->ram_bytes;
        size = 8;
        break;
    case KEY_CPUS:
    case KEY_MAX_CPUS:
        value = 1;
        size = 2;
        break;
    case KEY_DIRECTORY:
        return directory(to);
    case KEY_E820:
        return e820(d, to);
    default:
        return 0;
    }
    memcpy(to, &value, 8);
    return size;
}

static void select_item(struct devices *d, unsigned key) {
    d->b.fwcfg.key = (uint16_t)(key & KEY_MASK);
    d->b.fwcfg.at = 0;
}

/* Beyond an item's end, and of items that do not exist, zeros are read. */
static uint8_t next_byte(struct devices *d) {
    uint8_t bytes[ITEM_MAX];
    unsigned length = item(d, d->b.fwcfg.key, bytes);
    return d->b.fwcfg.at < length ? bytes[d->b.fwcfg.at++] : 0;
}

/* ---- DMA: a structure in guest memory says what to do; its control word answers: 0 or error ---- */

static bool in_ram(const struct devices *d, uint64_t address, uint64_t size) {
    return address <= d->ram_bytes && size <= d->ram_bytes - address;
}

static void dma_read(struct devices *d, struct cpu *c, uint64_t address, uint32_t left) {
    while (left) {
        uint8_t bytes[256];
        uint32_t part = left < sizeof bytes ? left : (uint32_t)sizeof bytes;
        for (uint32_t i = 0; i < part; i++)
            bytes[i] = next_byte(d);
        d->memory.write(c, address, bytes, part);
        address += part;
        left -= part;
    }
}

static void dma(struct devices *d, struct cpu *c, uint64_t at) {
    uint8_t request[16], answer[4];
    if (!d->memory.read || !in_ram(d, at, sizeof request))
        return;
    d->memory.read(c, at, request, sizeof request);
    uint32_t control = (uint32_t)from_big_endian(request, 4),
             length = (uint32_t)from_big_endian(request + 4, 4);
    uint64_t address = from_big_endian(request + 8, 8);
    uint32_t result = 0;
    if (control & DMA_SELECT)
        select_item(d, control >> 16);
    if (control & DMA_READ) {
        if (in_ram(d, address, length))
            dma_read(d, c, address, length);
        else
            result = DMA_ERROR;
    } else if (control & DMA_WRITE) {
        result = DMA_ERROR; /* no item can be written */
    } else if (control & DMA_SKIP) {
        uint32_t after = d->b.fwcfg.at + length;
        d->b.fwcfg.at = after < length ? UINT32_MAX : after;
    }
    big_endian(answer, result, 4);
    d->memory.write(c, at, answer, sizeof answer);
}

/* ---- ports ---- */

/* The DMA register, big-endian, reads as the interface's own signature. */
uint32_t fwcfg_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    static const uint8_t signature[8] = {'Q', 'E', 'M', 'U', ' ', 'C', 'F', 'G'};
    (void)c;
    if (port == PORT_DATA && size == 1)
        return next_byte(d);
    uint32_t value = 0;
    if (port >= PORT_DMA && port - PORT_DMA + size <= sizeof signature)
        memcpy(&value, signature + (port - PORT_DMA), size);
    return value;
}

/* A write of the address's low half starts the access. */
void fwcfg_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    if (port == PORT_SELECT && size == 2)
        select_item(d, value);
    if (size != 4)
        return;
    uint32_t address = __builtin_bswap32(value);
    if (port == PORT_DMA)
        d->b.fwcfg.dma_high = address;
    if (port == PORT_DMA_LOW) {
        uint64_t high = d->b.fwcfg.dma_high;
        d->b.fwcfg.dma_high = 0;
        dma(d, c, high << 32 | address);
    }
}
