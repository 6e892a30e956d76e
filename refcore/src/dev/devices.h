/* SPDX-License-Identifier: BSD-2-Clause */
/* devices.h - the PC around the processor: ports, memory-mapped registers, interrupts, time. Time is virtual:
 * it runs on retired instructions, one a nanosecond, so that a run is the same each time. */
#ifndef REFCORE_DEV_DEVICES_H
#define REFCORE_DEV_DEVICES_H

#include "../cpu/bus.h"
#include "../cpu/state.h"

#include <stddef.h>

struct devices; /* all of them */

/* what reaches the outside; any may be NULL */
struct device_outlets {
    void *context;
    void (*debug_byte)(void *context, uint8_t byte);
    void (*serial_byte)(void *context, uint8_t byte);
    int (*serial_input)(void *context); /* a byte, or -1: none has come */
    bool (*port_in)(void *context, uint16_t port, unsigned size, uint32_t *value);
    bool (*port_out)(void *context, uint16_t port, unsigned size, uint32_t value);
    void (*port_seen)(void *context, uint16_t port, unsigned size, uint32_t value,
                      bool out); /* after each access */
};

/* How a device that is a bus master reaches RAM. */
struct device_memory {
    void (*read)(struct cpu *c, uint64_t address, void *to, size_t size);
    void (*write)(struct cpu *c, uint64_t address, const void *from, size_t size);
};

/* NULL: no memory. ram_bytes and cpu_count are what CMOS and fw_cfg tell the guest. */
struct devices *devices_create(uint64_t ram_bytes);
void devices_set_memory(struct devices *d, struct device_memory memory);
void devices_destroy(struct devices *d);
void devices_reset(struct devices *d);
struct bus *devices_bus(struct devices *d);
void devices_set_outlets(struct devices *d, struct device_outlets outlets);
/* Attaches a disk (copied, read-only) and the host side of the built-in BIOS; `ram` must outlive the devices.
 * The interrupt controllers and the timer get what a BIOS leaves in them. false: no memory. */
bool devices_attach_disk(struct devices *d, const uint8_t *ram, const void *image, size_t size);
/* The guest wrote the exit port: (value << 1) | 1; -1 if it has not. A reset request (keyboard controller,
 * port CF9h, port 92h) sets run_state = RUN_SHUTDOWN; the exit port RUN_STOP. */
int devices_exit_code(const struct devices *d);
/* The whole state as bytes, for snapshots. */
size_t devices_state_size(void);
void devices_state_save(const struct devices *d, void *to);
void devices_state_load(struct devices *d, const void *from);

#endif
