/* SPDX-License-Identifier: BSD-2-Clause */
/* pci.c - PCI configuration mechanism 1 (CF8h, CFCh) with the two functions that tell a guest which chipset
 * it runs on, and the reset control register CF9h. PCI Local Bus Specification 3.0, "Software Generation of
 * Configuration Transactions"; Intel 82441FX and 82371SB data sheets. Functions that are absent read as all
 * ones. */
#include "board.h"

#include <string.h>

enum { VENDOR = 0, COMMAND = 4, STATUS = 6, REVISION = 8, HEADER = 14 };

static void identify(uint8_t *space, uint16_t device, uint32_t class_revision, uint8_t header) {
    memset(space, 0, 256);
    space[0] = 0x86;
    space[1] = 0x80;
    space[2] = (uint8_t)device;
    space[3] = (uint8_t)(device >> 8);
    space[COMMAND] = 7;
    space[STATUS + 1] = 2; /* DEVSEL# medium */
    for (unsigned i = 0; i < 4; i++)
        space[REVISION + i] = (uint8_t)(class_revision >> (8 * i));
    space[HEADER] = header;
}

void pci_reset(struct devices *d) {
    struct pci *p = &d->b.pci;
    *p = (struct pci){0};
    identify(p->space[0], 0x1237, 0x06000002, 0);
    identify(p->space[1], 0x7000, 0x06010000, 0x80);
    memset(p->space[1] + 0x60, 0x80, 4); /* PIRQ routing disabled */
}

/* The byte of configuration space that a data port addresses; NULL: nobody answers. */
static uint8_t *byte_at(struct pci *p, uint16_t port) {
    uint32_t function = p->address >> 8 & 7, device = p->address >> 11 & 31, bus = p->address >> 16 & 0xff;
    if (!(p->address >> 31) || bus || function || device >= PCI_FUNCTIONS)
        return 0;
    return &p->space[device][(p->address & 0xfc) | (port & 3)];
}

uint32_t pci_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)c;
    struct pci *p = &d->b.pci;
    if (port == 0xcf9 && size == 1)
        return p->reset;
    if (port < 0xcfc)
        return port == 0xcf8 && size == 4 ? p->address : port_ones(size);
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        const uint8_t *at = port + i <= 0xcff ? byte_at(p, (uint16_t)(port + i)) : 0;
        value |= (uint32_t)(at ? *at : 0xff) << (8 * i);
    }
    return value;
}

static bool writable(unsigned offset) {
    return offset == COMMAND || offset == COMMAND + 1 || offset == 0x0c || offset == 0x0d || offset == 0x3c ||
           offset >= 0x40;
}

void pci_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    struct pci *p = &d->b.pci;
    if (port == 0xcf9 && size == 1) {
        if ((value & 4) && !(p->reset & 4))
            c->run_state = RUN_SHUTDOWN;
        p->reset = (uint8_t)(value & 0xe);
        return;
    }
    if (port < 0xcfc) {
        if (port == 0xcf8 && size == 4)
            p->address = value & 0x80fffffc;
        return;
    }
    for (unsigned i = 0; i < size && port + i <= 0xcff; i++) {
        uint8_t *at = byte_at(p, (uint16_t)(port + i));
        if (at && writable((p->address & 0xfc) | ((port + i) & 3)))
            *at = (uint8_t)(value >> (8 * i));
    }
}
