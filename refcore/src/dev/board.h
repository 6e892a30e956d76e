/* SPDX-License-Identifier: BSD-2-Clause */
/* board.h - what the devices know of each other. struct board is the whole state: plain data, so that a
 * snapshot is a copy. */
#ifndef REFCORE_DEV_BOARD_H
#define REFCORE_DEV_BOARD_H

#include "devices.h"

#define NEVER UINT64_MAX

struct pic_chip {
    uint8_t irr, imr, isr, lines, elcr;
    uint8_t first; /* the request of highest priority; rotation changes it */
    uint8_t base;  /* vector of request 0 */
    uint8_t step;  /* next initialisation word: 2..4; 0: none */
    bool needs_icw4, single, auto_eoi, rotate_on_aeoi, special_mask, fully_nested, poll, read_isr;
};

struct pit_channel {
    uint8_t mode, access; /* access: 1 low byte, 2 high byte, 3 both */
    bool bcd, gate, loaded, started, write_high, read_high, status_latched;
    uint8_t count_latched; /* bytes still to be read */
    uint8_t status, low;
    uint16_t latch;
    uint32_t reload;      /* 1..65536 */
    uint64_t start, held; /* ticks: when counting started; elapsed while the gate is low */
};
struct pit {
    struct pit_channel channel[3];
    uint64_t seen;   /* ticks up to which IRQ 0 has been raised */
    uint8_t control; /* port 61h bits 0..3 */
};

struct rtc {
    uint8_t index, data[128];
    int64_t offset; /* seconds added to the virtual clock */
    uint64_t seen;  /* instructions up to which flags have been set */
};

struct uart {
    uint8_t ier, lcr, mcr, scratch, fcr, divisor[2], lsr, msr_delta;
    bool transmit_pending;
    uint8_t fifo[16], fifo_first, fifo_count;
};

enum { LVT_TIMER, LVT_THERMAL, LVT_PERFORMANCE, LVT_LINT0, LVT_LINT1, LVT_ERROR, LVT_COUNT };
struct apic {
    uint32_t id, tpr, svr, ldr, dfr, esr, esr_pending, divide, initial;
    uint32_t lvt[LVT_COUNT], irr[8], isr[8], tmr[8];
    uint64_t icr;
    uint64_t start;    /* of the count */
    uint64_t deadline; /* IA32_TSC_DEADLINE */
    bool counting, lint0;
};

enum { IOAPIC_PINS = 24 };
struct ioapic {
    uint32_t select, id, irr, lines;
    uint64_t entry[IOAPIC_PINS];
};

struct vga {
    uint8_t palette[768], mask, write_index, read_index, phase, reading;
    uint8_t misc, attribute_index, attribute[32], sequencer_index, sequencer[8], graphics_index, graphics[16],
        crt_index, crt[64];
    bool attribute_data;
};

enum { FERR_IRQ = 13 };

enum { PCI_FUNCTIONS = 2 };
struct pci {
    uint32_t address;
    uint8_t space[PCI_FUNCTIONS][256];
    uint8_t reset; /* port CF9h */
};

struct kbc {
    uint8_t queue[16], first, count, command, mode, keyboard_command;
};

struct board {
    uint64_t time;  /* of the latest access or event, in instructions; never goes back */
    uint64_t wake;  /* when the next device has something to do; NEVER */
    int exit_code;  /* (value << 1) | 1, or -1 */
    struct pic_chip pic[2];
    struct pit pit;
    struct rtc rtc;
    struct uart uart;
    struct apic apic;
    struct ioapic ioapic;
    struct vga vga;
    struct pci pci;
    struct kbc kbc;
    struct {
        uint16_t key;
        uint32_t at, dma_high;
    } fwcfg;
    struct {
        uint32_t port_data;
        uint8_t memory[0x10000];
    } testdev;
    struct {
        uint64_t from, to; /* in the disk image, or in `record`; linear address */
        uint32_t left;     /* bytes */
        uint32_t piece;    /* bytes of the piece being copied */
        uint8_t step, record[32], status;
        bool from_record;
    } bios;
    uint8_t shutdown_matched; /* characters of "Shutdown" seen at port 8900h */
};

struct devices {
    struct bus bus;
    struct device_outlets outlets;
    uint64_t ram_bytes;
    uint8_t *disk;
    uint64_t disk_bytes;
    const uint8_t *ram; /* only to read a disk address packet */
    struct device_memory memory;
    struct board b;
};

/* Virtual time of the instruction in progress. */
static inline uint64_t board_now(struct devices *d, const struct cpu *c) {
    uint64_t done = c->retired + (uint64_t)(c->quantum - c->left) + (c->op ? c->op->ordinal - 1U : c->charge);
    if (done > d->b.time)
        d->b.time = done;
    return d->b.time;
}
/* Lets time-driven devices do what was due until now; then the access; then board_update(). */
void board_advance(struct devices *d, struct cpu *c, uint64_t now);
/* After any change: INTR and the next wake-up anew. */
void board_update(struct devices *d, struct cpu *c);
/* An interrupt request line of the ISA bus goes high or low: PIC and I/O APIC. */
void board_line(struct devices *d, struct cpu *c, unsigned irq, bool level);

#define PORT_DEVICE(name)                                                                                    \
    uint32_t name##_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size);                      \
    void name##_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value)
PORT_DEVICE(debug);
PORT_DEVICE(exit);
PORT_DEVICE(port92);
PORT_DEVICE(pic);
PORT_DEVICE(elcr);
PORT_DEVICE(pit);
PORT_DEVICE(port61);
PORT_DEVICE(rtc);
PORT_DEVICE(uart);
PORT_DEVICE(vga);
PORT_DEVICE(pci);
PORT_DEVICE(fwcfg);
PORT_DEVICE(kbc);
PORT_DEVICE(testdev);
PORT_DEVICE(testdev_irq);
PORT_DEVICE(power);
PORT_DEVICE(bios);
PORT_DEVICE(ferr);

void pic_reset(struct devices *d);
void pic_line(struct devices *d, unsigned irq, bool level);
bool pic_output(const struct devices *d);
uint8_t pic_acknowledge(struct devices *d);

void pit_reset(struct devices *d);
void pit_advance(struct devices *d, struct cpu *c, uint64_t now);
uint64_t pit_wake(const struct devices *d, uint64_t now);

void rtc_reset(struct devices *d);
void rtc_advance(struct devices *d, struct cpu *c, uint64_t now);
uint64_t rtc_wake(const struct devices *d, uint64_t now);

void uart_reset(struct devices *d);
void vga_reset(struct devices *d);
void pci_reset(struct devices *d);
void kbc_reset(struct devices *d);

void apic_reset(struct devices *d);
void apic_init(struct devices *d);
/* Enabled, and its registers lie in memory (not x2APIC). */
bool apic_at(const struct cpu *c, uint64_t address);
uint32_t apic_read(struct devices *d, struct cpu *c, uint32_t offset);
void apic_write(struct devices *d, struct cpu *c, uint32_t offset, uint32_t value);
bool apic_msr_read(struct devices *d, struct cpu *c, uint32_t index, uint64_t *value);
bool apic_msr_write(struct devices *d, struct cpu *c, uint32_t index, uint64_t value);
void apic_advance(struct devices *d, struct cpu *c, uint64_t now);
uint64_t apic_wake(const struct devices *d, const struct cpu *c, uint64_t now);
/* A message on the interrupt bus. mode: 0 fixed, 1 lowest priority, 2 SMI, 4 NMI, 5 INIT, 7 ExtINT. */
void apic_message(struct devices *d, struct cpu *c, uint32_t destination, bool logical, unsigned mode,
                  uint8_t vector, bool level);
/* The PIC's output changed. */
void apic_lint0(struct devices *d, struct cpu *c, bool level);
/* The PIC's output reaches the processor as ExtINT. */
bool apic_passes_pic(const struct devices *d, const struct cpu *c);
bool apic_pending(const struct devices *d, const struct cpu *c);
uint8_t apic_acknowledge(struct devices *d);
/* Something may raise an NMI while IF is clear. */
bool apic_may_nmi(const struct devices *d);

void ioapic_reset(struct devices *d);
void ioapic_line(struct devices *d, struct cpu *c, unsigned pin, bool level);
void ioapic_eoi(struct devices *d, struct cpu *c, uint8_t vector);
uint32_t ioapic_read(struct devices *d, uint32_t offset);
void ioapic_write(struct devices *d, struct cpu *c, uint32_t offset, uint32_t value);

/* An 8-bit register file's read and write are by byte; these pick bytes of wider accesses. */
static inline uint32_t port_ones(unsigned size) {
    return UINT32_MAX >> (32 - 8 * size);
}

#endif
