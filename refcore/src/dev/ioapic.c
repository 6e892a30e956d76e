/* SPDX-License-Identifier: BSD-2-Clause */
/* ioapic.c - the I/O APIC at FEC00000h. Intel 82093AA data sheet, "Register Description"; the EOI register is
 * that of version 20h. */
#include "board.h"

enum { SELECT = 0, WINDOW = 0x10, EOI = 0x40 };
enum { DELIVERY_STATUS = 1 << 12, REMOTE_IRR = 1 << 14, LEVEL = 1 << 15, MASKED = 1 << 16 };
enum { EXTINT = 7 };

void ioapic_reset(struct devices *d) {
    d->b.ioapic = (struct ioapic){0};
    for (unsigned i = 0; i < IOAPIC_PINS; i++)
        d->b.ioapic.entry[i] = MASKED;
}

static void serve(struct devices *d, struct cpu *c, unsigned pin) {
    struct ioapic *io = &d->b.ioapic;
    uint64_t *entry = &io->entry[pin];
    uint32_t bit = 1U << pin;
    if (!(io->irr & bit) || (*entry & MASKED))
        return;
    bool level = (*entry & LEVEL) != 0;
    if (level) {
        if (*entry & REMOTE_IRR)
            return;
        *entry |= REMOTE_IRR;
    } else {
        io->irr &= ~bit;
    }
    unsigned mode = (unsigned)(*entry >> 8) & 7;
    uint8_t vector = mode == EXTINT ? pic_acknowledge(d) : (uint8_t)*entry;
    apic_message(d, c, (uint32_t)(*entry >> 56), (*entry >> 11 & 1) != 0, mode == EXTINT ? 0 : mode, vector,
                 level);
}

/* A masked pin ignores edges; a level stays. */
void ioapic_line(struct devices *d, struct cpu *c, unsigned pin, bool level) {
    struct ioapic *io = &d->b.ioapic;
    uint32_t bit = 1U << pin;
    bool rose = level && !(io->lines & bit);
    io->lines = level ? io->lines | bit : io->lines & ~bit;
    if (io->entry[pin] & LEVEL)
        io->irr = level ? io->irr | bit : io->irr & ~bit;
    else if (rose && !(io->entry[pin] & MASKED))
        io->irr |= bit;
    serve(d, c, pin);
}

void ioapic_eoi(struct devices *d, struct cpu *c, uint8_t vector) {
    struct ioapic *io = &d->b.ioapic;
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) {
        uint64_t *entry = &io->entry[pin];
        if (!(*entry & LEVEL) || (uint8_t)*entry != vector || !(*entry & REMOTE_IRR))
            continue;
        *entry &= ~(uint64_t)REMOTE_IRR;
        serve(d, c, pin);
    }
}

uint32_t ioapic_read(struct devices *d, uint32_t offset) {
    struct ioapic *io = &d->b.ioapic;
    if (offset == SELECT)
        return io->select;
    if (offset != WINDOW)
        return 0;
    switch (io->select) {
    case 0:
    case 2:
        return io->id << 24;
    case 1:
        return (IOAPIC_PINS - 1) << 16 | 0x20;
    default:
        break;
    }
    unsigned n = io->select - 0x10;
    if (n >= 2 * IOAPIC_PINS)
        return 0;
    return (uint32_t)(io->entry[n / 2] >> (n & 1 ? 32 : 0));
}

static void write_entry(struct devices *d, struct cpu *c, unsigned n, uint32_t value) {
    struct ioapic *io = &d->b.ioapic;
    unsigned pin = n / 2;
    uint64_t *entry = &io->entry[pin];
    if (n & 1) {
        *entry = (uint32_t)*entry | (uint64_t)(value & 0xff000000) << 32;
        return;
    }
    uint64_t kept = *entry & REMOTE_IRR;
    *entry = (*entry & ~UINT64_C(0xffffffff)) | (value & 0x1afff) | kept;
    if (!(*entry & LEVEL)) {
        *entry &= ~(uint64_t)REMOTE_IRR;
        io->irr &= ~(1U << pin);
    } else {
        io->irr = (io->irr & ~(1U << pin)) | (io->lines & 1U << pin);
    }
    serve(d, c, pin);
}

void ioapic_write(struct devices *d, struct cpu *c, uint32_t offset, uint32_t value) {
    struct ioapic *io = &d->b.ioapic;
    if (offset == SELECT)
        io->select = value & 0xff;
    else if (offset == EOI)
        ioapic_eoi(d, c, (uint8_t)value);
    else if (offset == WINDOW && io->select == 0)
        io->id = value >> 24 & 15;
    else if (offset == WINDOW && io->select >= 0x10 && io->select - 0x10 < 2 * IOAPIC_PINS)
        write_entry(d, c, io->select - 0x10, value);
}
