/* SPDX-License-Identifier: BSD-2-Clause */
/* devices.c - the port map and the memory map, and the bus that the processor sees. */
#include "board.h"

#include <stdlib.h>
#include <string.h>

typedef uint32_t port_reader(struct devices *d, struct cpu *c, uint16_t port, unsigned size);
typedef void port_writer(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value);

/* the diagnostic code of a power-on self test; writes also serve as delays */
static uint32_t post_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)d, (void)c, (void)port, (void)size;
    return 0;
}

/* `wide`: the device takes 2 and 4 bytes at once; the others see them as single bytes at consecutive ports,
 * as ISA does. */
struct port_row {
    uint16_t first, count;
    bool wide;
    port_reader *in;
    port_writer *out;
};

static const struct port_row ports[] = {
    {0x00e9, 1, false, debug_in, debug_out},
    {0x00f4, 4, true, exit_in, exit_out},
    {0x03f8, 8, false, uart_in, uart_out},
    {0x0020, 2, false, pic_in, pic_out},
    {0x00a0, 2, false, pic_in, pic_out},
    {0x0040, 4, false, pit_in, pit_out},
    {0x0060, 1, false, kbc_in, kbc_out},
    {0x0061, 1, false, port61_in, port61_out},
    {0x0064, 1, false, kbc_in, kbc_out},
    {0x0070, 2, false, rtc_in, rtc_out},
    {0x0080, 1, false, post_in, 0},
    {0x0092, 1, false, port92_in, port92_out},
    {0x00b8, 8, true, bios_in, bios_out},
    {0x00e0, 9, true, testdev_in, testdev_out},
    {0x00ea, 6, true, testdev_in, testdev_out},
    {0x03c0, 16, false, vga_in, vga_out},
    {0x03d4, 2, false, vga_in, vga_out},
    {0x03da, 1, false, vga_in, 0},
    {0x04d0, 2, false, elcr_in, elcr_out},
    {0x00f0, 1, false, 0, ferr_out},
    {0x0510, 12, true, fwcfg_in, fwcfg_out},
    {0x0604, 2, true, power_in, power_out},
    {0x0cf8, 8, true, pci_in, pci_out},
    {0x2000, 28, true, testdev_irq_in, testdev_irq_out},
    {0x8900, 1, false, power_in, power_out},
    {0xb004, 2, true, power_in, power_out},
};
enum {
    PORT_ROWS = sizeof ports / sizeof ports[0],
    IOAPIC_BASE = 0xfec00000,
    TESTDEV_BASE = 0xff000000,
    MMIO_PAGE = 0x1000
};

static const struct port_row *row_of(uint16_t port) {
    for (unsigned i = 0; i < PORT_ROWS; i++) {
        if (port >= ports[i].first && port - ports[i].first < ports[i].count)
            return &ports[i];
    }
    return 0;
}

static uint32_t read_port(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    const struct port_row *row = row_of(port);
    return row && row->in ? row->in(d, c, port, size) : port_ones(size);
}

static uint32_t port_input(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    const struct port_row *row = row_of(port);
    uint32_t value = 0;
    if (!row && d->outlets.port_in && d->outlets.port_in(d->outlets.context, port, size, &value))
        return value & port_ones(size);
    board_advance(d, c, board_now(d, c));
    if (size == 1 || (row && row->wide)) {
        value = read_port(d, c, port, size) & port_ones(size);
    } else {
        for (unsigned i = 0; i < size; i++)
            value |= (read_port(d, c, (uint16_t)(port + i), 1) & 0xff) << (8 * i);
    }
    board_update(d, c);
    return value;
}

static uint32_t port_in(void *device, struct cpu *c, uint16_t port, unsigned size) {
    struct devices *d = device;
    uint32_t value = port_input(d, c, port, size);
    if (d->outlets.port_seen)
        d->outlets.port_seen(d->outlets.context, port, size, value, false);
    return value;
}

static void port_output(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    const struct port_row *row = row_of(port);
    value &= port_ones(size);
    if (row && row->out == debug_out && size == 1) {
        debug_out(d, c, port, size, value);
        return;
    }
    if (!row && d->outlets.port_out && d->outlets.port_out(d->outlets.context, port, size, value))
        return;
    board_advance(d, c, board_now(d, c));
    if (row && row->wide) {
        if (row->out)
            row->out(d, c, port, size, value);
    } else {
        for (unsigned i = 0; i < size; i++) {
            row = row_of((uint16_t)(port + i));
            if (row && row->out)
                row->out(d, c, (uint16_t)(port + i), 1, value >> (8 * i) & 0xff);
        }
    }
    board_update(d, c);
}

static void port_out(void *device, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    struct devices *d = device;
    port_output(d, c, port, size, value);
    if (d->outlets.port_seen)
        d->outlets.port_seen(d->outlets.context, port, size, value & port_ones(size), true);
}

/* ---- device memory ---- */

static bool in_testdev(uint64_t address, unsigned size) {
    return address >= TESTDEV_BASE &&
           address - TESTDEV_BASE <= sizeof((struct board *)0)->testdev.memory - size;
}

/* Registers of both APICs are 32 bits wide on 16-byte boundaries; other sizes read zero and are not written
 * (SDM Vol. 3A, "The Local APIC Register Address Space": undefined). */
static uint64_t memory_read(void *device, struct cpu *c, uint64_t address, unsigned size) {
    struct devices *d = device;
    uint64_t value = UINT64_MAX;
    if (in_testdev(address, size)) {
        memcpy(&value, d->b.testdev.memory + (address - TESTDEV_BASE), size);
        return value;
    }
    bool local = apic_at(c, address);
    if (!local && address - IOAPIC_BASE >= MMIO_PAGE)
        return value;
    board_advance(d, c, board_now(d, c));
    if (size < 4 || address % 16)
        value = 0;
    else
        value =
            local ? apic_read(d, c, (uint32_t)address & 0xfff) : ioapic_read(d, (uint32_t)address & 0xfff);
    board_update(d, c);
    return value;
}

/* The block goes on after a store: without this an interrupt would wait for its quantum's end. */
static void end_quantum(struct cpu *c) {
    c->quantum -= c->left;
    c->left = 0;
}

static void memory_write(void *device, struct cpu *c, uint64_t address, unsigned size, uint64_t value) {
    struct devices *d = device;
    if (in_testdev(address, size)) {
        memcpy(d->b.testdev.memory + (address - TESTDEV_BASE), &value, size);
        return;
    }
    bool local = apic_at(c, address);
    if ((!local && address - IOAPIC_BASE >= MMIO_PAGE) || size < 4 || address % 16)
        return;
    board_advance(d, c, board_now(d, c));
    if (local)
        apic_write(d, c, (uint32_t)address & 0xfff, (uint32_t)value);
    else
        ioapic_write(d, c, (uint32_t)address & 0xfff, (uint32_t)value);
    board_update(d, c);
    end_quantum(c);
}

/* ---- interrupts and time ---- */

void board_line(struct devices *d, struct cpu *c, unsigned irq, bool level) {
    if (irq < 16)
        pic_line(d, irq, level);
    ioapic_line(d, c, irq == 0 ? 2 : irq, level); /* the PC's wiring: IRQ 0 is pin 2 */
}

void board_advance(struct devices *d, struct cpu *c, uint64_t now) {
    pit_advance(d, c, now);
    rtc_advance(d, c, now);
    apic_advance(d, c, now);
}

/* A timer whose interrupt is masked on its way wakes nobody; its counts are made up for when someone looks.
 */
static bool reaches_processor(const struct devices *d, const struct cpu *c, unsigned irq) {
    const struct pic_chip *p = &d->b.pic[irq >> 3];
    bool by_pic = !(p->imr >> (irq & 7) & 1) && !(irq >= 8 && (d->b.pic[0].imr & 4));
    unsigned pin = irq == 0 ? 2 : irq;
    return (by_pic && (apic_passes_pic(d, c) || apic_may_nmi(d))) || !(d->b.ioapic.entry[pin] >> 16 & 1);
}

void board_update(struct devices *d, struct cpu *c) {
    struct board *b = &d->b;
    apic_lint0(d, c, pic_output(d));
    d->bus.interrupt = apic_pending(d, c) || (pic_output(d) && apic_passes_pic(d, c));
    uint64_t wake = apic_wake(d, c, b->time), at;
    if (reaches_processor(d, c, 0) && (at = pit_wake(d, b->time)) < wake)
        wake = at;
    if (reaches_processor(d, c, 8) && (at = rtc_wake(d, b->time)) < wake)
        wake = at;
    b->wake = wake;
}

/* Between instructions: the processor's count is exact. */
static void catch_up(struct devices *d, struct cpu *c) {
    if (c->retired < d->b.wake)
        return;
    if (c->retired > d->b.time)
        d->b.time = c->retired;
    board_advance(d, c, d->b.time);
    board_update(d, c);
}

static bool interrupt_pending(void *device, struct cpu *c) {
    struct devices *d = device;
    catch_up(d, c);
    return d->bus.interrupt;
}

static uint8_t interrupt_acknowledge(void *device, struct cpu *c) {
    struct devices *d = device;
    uint8_t vector = apic_pending(d, c) ? apic_acknowledge(d) : pic_acknowledge(d);
    board_update(d, c);
    return vector;
}

static int64_t deadline(void *device, struct cpu *c) {
    struct devices *d = device;
    catch_up(d, c);
    if (c->run_state == RUN_HALT && !(c->rflags & FLAG_IF) && !apic_may_nmi(d))
        return INT64_MAX;
    uint64_t wake = d->b.wake;
    if (wake == NEVER)
        return INT64_MAX;
    return wake > c->retired ? (int64_t)(wake - c->retired) : 1;
}

static bool msr_read_device(void *device, struct cpu *c, uint32_t index, uint64_t *value) {
    struct devices *d = device;
    board_advance(d, c, board_now(d, c));
    bool done = apic_msr_read(d, c, index, value);
    board_update(d, c);
    return done;
}

static bool msr_write_device(void *device, struct cpu *c, uint32_t index, uint64_t value) {
    struct devices *d = device;
    board_advance(d, c, board_now(d, c));
    bool done = apic_msr_write(d, c, index, value);
    board_advance(d, c, d->b.time); /* a deadline may lie in the past */
    board_update(d, c);
    return done;
}

/* CR8 is the upper half of the TPR. SDM Vol. 3A, "Interaction of Task Priorities between CR8 and APIC" */
static uint64_t task_priority_read(void *device, struct cpu *c) {
    const struct devices *d = device;
    (void)c;
    return d->b.apic.tpr >> 4;
}

static void task_priority_write(void *device, struct cpu *c, uint64_t value) {
    struct devices *d = device;
    c->cr8 = value;
    d->b.apic.tpr = (uint32_t)(value & 15) << 4;
    board_update(d, c);
}

static void ferr_active(void *device, struct cpu *c) {
    struct devices *d = device;
    board_advance(d, c, board_now(d, c));
    board_line(d, c, FERR_IRQ, true);
    board_update(d, c);
}

static void init(void *device, struct cpu *c) {
    struct devices *d = device;
    apic_init(d);
    board_update(d, c);
}

struct devices *devices_create(uint64_t ram_bytes) {
    struct devices *d = calloc(1, sizeof *d);
    if (!d)
        return 0;
    d->ram_bytes = ram_bytes;
    d->bus = (struct bus){.device = d,
                          .port_in = port_in,
                          .port_out = port_out,
                          .memory_read = memory_read,
                          .memory_write = memory_write,
                          .interrupt_pending = interrupt_pending,
                          .interrupt_acknowledge = interrupt_acknowledge,
                          .deadline = deadline,
                          .msr_read = msr_read_device,
                          .msr_write = msr_write_device,
                          .x87_error = ferr_active,
                          .init = init,
                          .task_priority_read = task_priority_read,
                          .task_priority_write = task_priority_write};
    devices_reset(d);
    return d;
}

void devices_destroy(struct devices *d) {
    if (d)
        free(d->disk);
    free(d);
}

void devices_reset(struct devices *d) {
    memset(&d->b, 0, sizeof d->b);
    d->b.exit_code = -1;
    d->b.wake = NEVER;
    pic_reset(d);
    pit_reset(d);
    rtc_reset(d);
    uart_reset(d);
    vga_reset(d);
    pci_reset(d);
    kbc_reset(d);
    apic_reset(d);
    ioapic_reset(d);
}

void devices_set_memory(struct devices *d, struct device_memory memory) {
    d->memory = memory;
}
struct bus *devices_bus(struct devices *d) {
    return &d->bus;
}
void devices_set_outlets(struct devices *d, struct device_outlets outlets) {
    d->outlets = outlets;
}
int devices_exit_code(const struct devices *d) {
    return d->b.exit_code;
}
size_t devices_state_size(void) {
    return sizeof(struct board);
}
void devices_state_save(const struct devices *d, void *to) {
    memcpy(to, &d->b, sizeof d->b);
}
void devices_state_load(struct devices *d, const void *from) {
    memcpy(&d->b, from, sizeof d->b);
}
