/* SPDX-License-Identifier: BSD-2-Clause */
/* embed.c - a machine as a part of another program: events from outside, a board of its own, shared RAM. See
 * include/refcore.h. */
#include "machine.h"

#include "event/debug.h"

#include <string.h>

/* ---- events ---- */

static void begin_outside(struct cpu *c) {
    c->op = 0;
    c->charge = 0;
    c->quantum = c->left = 0;
    c->host_mxcsr = 0;
    if (c->run_state == RUN_STOP)
        c->run_state = RUN_NORMAL;
}

static void start_delivery(struct cpu *c, const struct refcore_event *e) {
    bool debug = e->vector == VECTOR_DB;
    switch (e->kind) {
    case REFCORE_FAULT:
        if (debug)
            c->dr6 = (c->dr6 & ~(uint64_t)DR6_B) | e->dr6;
        c->raised = (struct event){EVENT_FAULT, e->vector, e->has_error, e->error};
        event_dispatch(c);
        break;
    case REFCORE_TRAP:
        if (debug)
            debug_exception(c, e->dr6);
        else
            event_deliver(c, (struct event){.kind = EVENT_TRAP, .vector = e->vector});
        break;
    case REFCORE_SOFTWARE:
    case REFCORE_INT3_INTO:
    case REFCORE_ICEBP:
        c->next_rip = e->next_rip;
        event_software(c, (enum event_kind)e->kind, e->vector);
        break;
    case REFCORE_EXTERNAL:
        event_deliver(c, (struct event){.kind = EVENT_EXTERNAL, .vector = e->vector});
        break;
    }
}

bool refcore_deliver(struct refcore *m, const struct refcore_event *event) {
    struct cpu *c = &m->cpu;
    begin_outside(c);
    c->pending_debug = 0;
    c->delivering.kind = EVENT_NONE;
    if (setjmp(c->escape) != 0)
        event_dispatch(c); /* what went wrong in the delivery; may come here again */
    else
        start_delivery(c, event);
    return c->run_state != RUN_SHUTDOWN;
}

bool refcore_interrupt_waits(struct refcore *m) {
    return m->cpu.bus->interrupt_pending(m->cpu.bus->device, &m->cpu);
}

bool refcore_boundary(struct refcore *m) {
    struct cpu *c = &m->cpu;
    begin_outside(c);
    if (setjmp(c->escape) != 0) {
        event_dispatch(c);
        return true;
    }
    return c->run_state == RUN_NORMAL && event_boundary(c);
}

/* ---- registers and memory ---- */

#define EACH_MSR(DO)                                                                                         \
    DO(star)                                                                                                 \
    DO(lstar)                                                                                                \
    DO(cstar)                                                                                                \
    DO(fmask)                                                                                                \
    DO(kernel_gs_base)                                                                                       \
    DO(tsc_aux)                                                                                              \
    DO(pat)                                                                                                  \
    DO(apic_base)                                                                                            \
    DO(sysenter_cs)                                                                                          \
    DO(sysenter_esp)                                                                                         \
    DO(sysenter_eip)                                                                                         \
    DO(debugctl)
#define GET_MSR(name) to->name = c->name;
#define SET_MSR(name) c->name = from->name;

void refcore_get_msrs(const struct refcore *m, struct refcore_msrs *to) {
    const struct cpu *c = &m->cpu;
    *to = (struct refcore_msrs){0};
    EACH_MSR(GET_MSR)
}

void refcore_set_msrs(struct refcore *m, const struct refcore_msrs *from) {
    struct cpu *c = &m->cpu;
    EACH_MSR(SET_MSR)
}

void refcore_memory_changed(struct refcore *m, uint64_t address, uint64_t size) {
    struct cpu *c = &m->cpu;
    if (size == 0) {
        blocks_flush(c);
        tlb_flush(c, true);
        return;
    }
    uint64_t end = address + size < m->physical.ram_size ? address + size : m->physical.ram_size;
    while (address < end) {
        uint64_t next = (address | 0xfff) + 1;
        uint64_t part = (next < end ? next : end) - address;
        if (m->physical.code_page[address >> 12])
            watched_page_written(c, address >> 12, address, (size_t)part);
        address += part;
    }
}

/* ---- a board of the caller's ---- */

static uint32_t board_in(void *device, struct cpu *c, uint16_t port, unsigned size) {
    const struct refcore *m = device;
    uint32_t ones = size == 4 ? UINT32_MAX : (UINT32_C(1) << 8 * size) - 1;
    (void)c;
    return m->board.port_in ? m->board.port_in(m->board.context, port, size) & ones : ones;
}

static void board_out(void *device, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    const struct refcore *m = device;
    (void)c;
    if (m->board.port_out)
        m->board.port_out(m->board.context, port, size, value);
}

static uint64_t board_read(void *device, struct cpu *c, uint64_t address, unsigned size) {
    (void)device, (void)c, (void)address;
    return size == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;
}

static void board_write(void *device, struct cpu *c, uint64_t address, unsigned size, uint64_t value) {
    (void)device, (void)c, (void)address, (void)size, (void)value;
}

static bool board_pending(void *device, struct cpu *c) {
    (void)c;
    return ((const struct refcore *)device)->interrupt >= 0;
}

static uint8_t board_acknowledge(void *device, struct cpu *c) {
    struct refcore *m = device;
    uint8_t vector = (uint8_t)m->interrupt;
    (void)c;
    refcore_set_interrupt(m, -1);
    return vector;
}

static int64_t board_deadline(void *device, struct cpu *c) {
    (void)device, (void)c;
    return INT64_MAX;
}

static bool board_msr_read(void *device, struct cpu *c, uint32_t index, uint64_t *value) {
    struct bus *inner = devices_bus(((struct refcore *)device)->devices);
    return inner->msr_read(inner->device, c, index, value);
}

static bool board_msr_write(void *device, struct cpu *c, uint32_t index, uint64_t value) {
    struct bus *inner = devices_bus(((struct refcore *)device)->devices);
    return inner->msr_write(inner->device, c, index, value);
}

static void board_x87_error(void *device, struct cpu *c) {
    (void)device, (void)c;
}

static void board_init(void *device, struct cpu *c) {
    (void)device, (void)c;
}

static uint64_t board_priority_read(void *device, struct cpu *c) {
    struct bus *inner = devices_bus(((struct refcore *)device)->devices);
    return inner->task_priority_read(inner->device, c);
}

static void board_priority_write(void *device, struct cpu *c, uint64_t value) {
    struct bus *inner = devices_bus(((struct refcore *)device)->devices);
    inner->task_priority_write(inner->device, c, value);
}

void refcore_set_board(struct refcore *m, const struct refcore_board *board) {
    m->board = *board;
    m->interrupt = -1;
    m->board_bus = (struct bus){.device = m,
                                .port_in = board_in,
                                .port_out = board_out,
                                .memory_read = board_read,
                                .memory_write = board_write,
                                .interrupt_pending = board_pending,
                                .interrupt_acknowledge = board_acknowledge,
                                .deadline = board_deadline,
                                .msr_read = board_msr_read,
                                .msr_write = board_msr_write,
                                .x87_error = board_x87_error,
                                .init = board_init,
                                .task_priority_read = board_priority_read,
                                .task_priority_write = board_priority_write};
    m->cpu.bus = &m->board_bus;
}

void refcore_set_interrupt(struct refcore *m, int vector) {
    m->interrupt = vector;
    m->board_bus.interrupt = vector >= 0;
}

int refcore_interrupt(const struct refcore *m) {
    return m->interrupt;
}
