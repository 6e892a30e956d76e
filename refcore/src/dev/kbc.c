/* SPDX-License-Identifier: BSD-2-Clause */
/* kbc.c - the 8042 keyboard controller at 60h and 64h: self test, output port with A20 and reset, an idle
 * keyboard. IBM PS/2 technical reference, "Keyboard and Auxiliary Device Controller". */
#include "../cpu/reset.h"
#include "board.h"

enum { IRQ = 1 };
enum { STATUS_FULL = 1, STATUS_SYSTEM = 4, STATUS_COMMAND = 8, STATUS_UNLOCKED = 0x10 };
enum { MODE_IRQ = 1, MODE_SYSTEM = 4 };
enum { OUT_RESET = 1, OUT_A20 = 2 };
enum { ACK = 0xfa };

static void update(struct devices *d, struct cpu *c) {
    const struct kbc *k = &d->b.kbc;
    board_line(d, c, IRQ, k->count && (k->mode & MODE_IRQ));
}

static void put(struct kbc *k, uint8_t byte) {
    if (k->count < sizeof k->queue)
        k->queue[(k->first + k->count++) & 15] = byte;
}

void kbc_reset(struct devices *d) {
    d->b.kbc = (struct kbc){.mode = MODE_SYSTEM};
}

static void write_output_port(struct cpu *c, uint32_t value) {
    cpu_a20(c, (value & OUT_A20) != 0);
    if (!(value & OUT_RESET))
        c->run_state = RUN_SHUTDOWN;
}

static void controller_command(struct devices *d, struct cpu *c, uint8_t value) {
    struct kbc *k = &d->b.kbc;
    k->command = 0;
    switch (value) {
    case 0x20:
        put(k, k->mode);
        break;
    case 0x60:
    case 0xd1:
    case 0xd2:
    case 0xd3:
    case 0xd4:
        k->command = value;
        break; /* the data byte follows at port 60h */
    case 0xa7:
        k->mode |= 0x20;
        break;
    case 0xa8:
        k->mode &= (uint8_t)~0x20;
        break;
    case 0xa9:
    case 0xab:
        put(k, 0);
        break;
    case 0xaa:
        k->mode |= MODE_SYSTEM;
        put(k, 0x55);
        break;
    case 0xad:
        k->mode |= 0x10;
        break;
    case 0xae:
        k->mode &= (uint8_t)~0x10;
        break;
    case 0xc0:
        put(k, 0x80);
        break;
    case 0xd0:
        put(k, (uint8_t)(OUT_RESET | (c->a20_mask >> 20 & 1 ? OUT_A20 : 0) | (k->count ? 0x10 : 0)));
        break;
    case 0xdd:
        cpu_a20(c, false);
        break;
    case 0xdf:
        cpu_a20(c, true);
        break;
    default:
        if (value >= 0xf0 && !(value & OUT_RESET)) /* pulses the output bits that are 0 */
            c->run_state = RUN_SHUTDOWN;
    }
}

/* Commands to the keyboard; those with a parameter acknowledge both bytes. */
static void keyboard_byte(struct kbc *k, uint8_t value) {
    bool parameter = k->keyboard_command != 0;
    k->keyboard_command = 0;
    if (parameter) {
        put(k, ACK);
        return;
    }
    switch (value) {
    case 0xee:
        put(k, 0xee);
        return;
    case 0xf2:
        put(k, ACK);
        put(k, 0xab);
        put(k, 0x83);
        return;
    case 0xff:
        put(k, ACK);
        put(k, 0xaa);
        return;
    case 0xed:
    case 0xf0:
    case 0xf3:
        k->keyboard_command = value;
        break;
    default:
        break;
    }
    put(k, ACK);
}

static void data_byte(struct devices *d, struct cpu *c, uint8_t value) {
    struct kbc *k = &d->b.kbc;
    uint8_t command = k->command;
    k->command = 0;
    switch (command) {
    case 0x60:
        k->mode = value;
        break;
    case 0xd1:
        write_output_port(c, value);
        break;
    case 0xd2:
    case 0xd3:
        put(k, value);
        break;
    case 0xd4:
        break; /* no mouse */
    default:
        keyboard_byte(k, value);
    }
}

uint32_t kbc_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)size;
    struct kbc *k = &d->b.kbc;
    if (port == 0x64)
        return (k->count ? STATUS_FULL : 0U) | (k->mode & STATUS_SYSTEM) |
               (k->command ? STATUS_COMMAND : 0U) | STATUS_UNLOCKED;
    uint8_t byte = k->queue[k->first];
    if (k->count) {
        k->count--;
        if (k->count) /* the last byte stays readable */
            k->first = (k->first + 1) & 15;
    }
    board_line(d, c, IRQ, false);
    update(d, c);
    return byte;
}

void kbc_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)size;
    if (port == 0x64)
        controller_command(d, c, (uint8_t)value);
    else
        data_byte(d, c, (uint8_t)value);
    update(d, c);
}
