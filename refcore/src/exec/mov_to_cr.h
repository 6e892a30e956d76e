/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV - Move to Control Registers.  SDM Vol. 2B, MOV-Move to/from Control Registers. CR8: SDM Vol. 3A, "Task
 * Priority"; LOCK MOV CR0 as CR8: APM Vol. 3, MOV CRn (the decoder makes it register 8). */
HANDLER(MOV_TO_CR) {
    unsigned cr = o->reg;
    if ((cr != 0 && cr != 2 && cr != 3 && cr != 4 && cr != 8) || (cr == 4 && !cpu_has(c, FEATURE_CPUID)))
        UD;
    REQUIRE_CPL0;
    SYNC;
    uint64_t value = reg_read(c, o->rm, LONG_BYTES);
    bool done = true;
    switch (cr) {
    case 0:
        done = cr0_write(c, value);
        break;
    case 2:
        c->cr2 = value;
        break;
    case 3:
        done = cr3_write(c, value);
        break;
    case 4:
        done = cr4_write(c, value);
        break;
    default:
        if (value >> 4) {
            done = false;
            break;
        }
        c->cr8 = value;
        if (c->bus && c->bus->task_priority_write)
            c->bus->task_priority_write(c->bus->device, c, value);
        LEAVE_NEXT;
    }
    if (!done)
        GP0;
    RESUME_NEXT;
}
ENTRY(MOV_TO_CR);
