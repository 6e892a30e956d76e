/* SPDX-License-Identifier: BSD-2-Clause */
/* devices.c - the port map and the memory map, and the bus that the processor sees. */
#include "board.h"

#include <stdlib.h>
#include <string.h>

typedef uint32_t port_reader(struct devices *d, struct cpu *c, uint16_t port, unsigned size);
typedef void port_writer(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value);

/* `wide`: the device takes 2 and 4 bytes at once; the others see them as single bytes at consecutive ports, as ISA does. */
struct port_row {
    uint16_t first, count;
    bool wide;
    port_reader *in;
    port_writer *out;
};

static const struct port_row ports[] = {
    {0xe9, 1, false, debug_in, debug_out},
    {0xf4, 4, true, zero_in, exit_out},
    {0x92, 1, false, port92_in, port92_out},
};
enum { PORT_ROWS = sizeof ports / sizeof ports[0] };

static const struct port_row *row_of(uint16_t port) {
    for (unsigned i = 0; i < PORT_ROWS; i++) {
        if (port >= ports[i].first && port - ports[i].first < ports[i].count)
            return &ports[i];
    }
    return 0;
}

static uint32_t ones(unsigned size) { return UINT32_MAX >> (32 - 8 * size); }

static uint32_t read_port(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    const struct port_row *row = row_of(port);
    return row && row->in ? row->in(d, c, port, size) : ones(size);
}

static uint32_t port_in(void *device, struct cpu *c, uint16_t port, unsigned size) {
    struct devices *d = device;
    const struct port_row *row = row_of(port);
    uint32_t value = 0;
    if (!row && d->outlets.port_in && d->outlets.port_in(d->outlets.context, port, size, &value))
        return value & ones(size);
    if (size == 1 || (row && row->wide))
        return read_port(d, c, port, size) & ones(size);
    for (unsigned i = 0; i < size; i++)
        value |= (read_port(d, c, (uint16_t)(port + i), 1) & 0xff) << (8 * i);
    return value;
}

static void port_out(void *device, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    struct devices *d = device;
    const struct port_row *row = row_of(port);
    value &= ones(size);
    if (!row && d->outlets.port_out && d->outlets.port_out(d->outlets.context, port, size, value))
        return;
    if (row && row->wide) {
        if (row->out)
            row->out(d, c, port, size, value);
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        row = row_of((uint16_t)(port + i));
        if (row && row->out)
            row->out(d, c, (uint16_t)(port + i), 1, value >> (8 * i) & 0xff);
    }
}

static uint64_t memory_read(void *device, struct cpu *c, uint64_t address, unsigned size) {
    (void)device, (void)c, (void)address, (void)size;
    return UINT64_MAX;
}

static void memory_write(void *device, struct cpu *c, uint64_t address, unsigned size, uint64_t value) {
    (void)device, (void)c, (void)address, (void)size, (void)value;
}

static bool interrupt_pending(void *device, struct cpu *c) {
    (void)device, (void)c;
    return false;
}

static uint8_t interrupt_acknowledge(void *device, struct cpu *c) {
    (void)device, (void)c;
    return 0xff;
}

static int64_t deadline(void *device, struct cpu *c) {
    (void)device, (void)c;
    return INT64_MAX;
}

static bool msr_read_device(void *device, struct cpu *c, uint32_t index, uint64_t *value) {
    (void)device;
    if (index == 0x1b)
        *value = c->apic_base;
    else if (index == 0x6e0)
        *value = c->tsc_deadline;
    else
        return false;
    return true;
}

static bool msr_write_device(void *device, struct cpu *c, uint32_t index, uint64_t value) {
    (void)device;
    if (index == 0x1b)
        c->apic_base = value;
    else if (index == 0x6e0)
        c->tsc_deadline = value;
    else
        return false;
    return true;
}

static uint64_t task_priority_read(void *device, struct cpu *c) {
    (void)device;
    return c->cr8;
}

static void task_priority_write(void *device, struct cpu *c, uint64_t value) {
    (void)device;
    c->cr8 = value;
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
                          .task_priority_read = task_priority_read,
                          .task_priority_write = task_priority_write};
    devices_reset(d);
    return d;
}

void devices_destroy(struct devices *d) { free(d); }

void devices_reset(struct devices *d) {
    memset(&d->b, 0, sizeof d->b);
    d->b.exit_code = -1;
}

struct bus *devices_bus(struct devices *d) { return &d->bus; }
void devices_set_outlets(struct devices *d, struct device_outlets outlets) { d->outlets = outlets; }
int devices_exit_code(const struct devices *d) { return d->b.exit_code; }
size_t devices_state_size(void) { return sizeof(struct board); }
void devices_state_save(const struct devices *d, void *to) { memcpy(to, &d->b, sizeof d->b); }
void devices_state_load(struct devices *d, const void *from) { memcpy(&d->b, from, sizeof d->b); }
