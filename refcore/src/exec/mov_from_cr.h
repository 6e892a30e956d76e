/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV - Move from Control Registers.  SDM Vol. 2B, MOV-Move to/from Control Registers. */
HANDLER(MOV_FROM_CR) {
    unsigned cr = o->reg;
    if ((cr != 0 && cr != 2 && cr != 3 && cr != 4 && cr != 8) || (cr == 4 && !cpu_has(c, FEATURE_CPUID)))
        UD;
    REQUIRE_CPL0;
    uint64_t value = 0;
    switch (cr) {
    case 0:
        value = c->cr0;
        break;
    case 2:
        value = c->cr2;
        break;
    case 3:
        value = c->cr3;
        break;
    case 4:
        value = c->cr4;
        break;
    default:
        value = c->bus && c->bus->task_priority_read ? c->bus->task_priority_read(c->bus->device, c) : c->cr8;
        break;
    }
    reg_write(c, o->rm, value, LONG_BYTES);
    NEXT;
}
ENTRY(MOV_FROM_CR);
