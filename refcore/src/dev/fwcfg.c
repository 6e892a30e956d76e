/* SPDX-License-Identifier: BSD-2-Clause */
/* fwcfg.c - QEMU's firmware configuration device at 510h and 511h, without DMA and with an empty file
 * directory. QEMU documentation, "QEMU Firmware Configuration (fw_cfg) Device". */
#include "board.h"

#include <string.h>

enum {
    KEY_SIGNATURE = 0,
    KEY_ID = 1,
    KEY_RAM_SIZE = 3,
    KEY_CPUS = 5,
    KEY_MAX_CPUS = 0xf,
    KEY_DIRECTORY = 0x19
};

static unsigned item(const struct devices *d, unsigned key, uint8_t to[8]) {
    uint64_t value = 0;
    unsigned size;
    switch (key) {
    case KEY_SIGNATURE:
        memcpy(to, "QEMU", 4);
        return 4;
    case KEY_ID:
        value = 1; /* the traditional interface */
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
        size = 4;
        break;
    default:
        return 0;
    }
    memcpy(to, &value, 8);
    return size;
}

/* Beyond an item's end, and of items that do not exist, zeros are read. */
uint32_t fwcfg_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)c;
    if (port != 0x511 || size != 1)
        return 0;
    uint8_t bytes[8];
    unsigned length = item(d, d->b.fwcfg.key, bytes);
    return d->b.fwcfg.at < length ? bytes[d->b.fwcfg.at++] : 0;
}

void fwcfg_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)c;
    if (port != 0x510 || size != 2)
        return;
    d->b.fwcfg.key = (uint16_t)(value & 0x3fff);
    d->b.fwcfg.at = 0;
}
