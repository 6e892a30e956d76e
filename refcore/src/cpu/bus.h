/* SPDX-License-Identifier: BSD-2-Clause */
/* bus.h - what lies outside the processor, as the processor sees it. dev/ implements it; the CPU knows
 * nothing else. */
#ifndef REFCORE_CPU_BUS_H
#define REFCORE_CPU_BUS_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

struct bus {
    void *device;
    /* size in bytes: 1, 2, 4. A port that nobody answers reads as all ones. */
    uint32_t (*port_in)(void *device, struct cpu *c, uint16_t port, unsigned size);
    void (*port_out)(void *device, struct cpu *c, uint16_t port, unsigned size, uint32_t value);
    /* Physical addresses that are neither RAM nor ROM. size 1, 2, 4, 8. Unclaimed: all ones, writes
     * vanish. */
    uint64_t (*memory_read)(void *device, struct cpu *c, uint64_t address, unsigned size);
    void (*memory_write)(void *device, struct cpu *c, uint64_t address, unsigned size, uint64_t value);
    bool interrupt; /* INTR, as of the last time the devices looked: never later than the deadline they named */
    /* true while a maskable interrupt waits (INTR high, above the task priority) */
    bool (*interrupt_pending)(void *device, struct cpu *c);
    /* acknowledges and returns the vector */
    uint8_t (*interrupt_acknowledge)(void *device, struct cpu *c);
    /* instructions until a device wants attention (timer), at least 1; asked at each event check */
    int64_t (*deadline)(void *device, struct cpu *c);
    /* RDMSR and WRMSR of registers that belong to the local APIC (IA32_APIC_BASE, x2APIC, TSC deadline);
     * false: #GP(0) */
    bool (*msr_read)(void *device, struct cpu *c, uint32_t index, uint64_t *value);
    bool (*msr_write)(void *device, struct cpu *c, uint32_t index, uint64_t value);
    /* FERR# becomes active */
    void (*x87_error)(void *device, struct cpu *c);
    /* INIT reaches the processor: its local APIC takes part */
    void (*init)(void *device, struct cpu *c);
    /* MOV CR8: the task priority register */
    uint64_t (*task_priority_read)(void *device, struct cpu *c);
    void (*task_priority_write)(void *device, struct cpu *c, uint64_t value);
};

#endif
