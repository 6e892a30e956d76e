/* SPDX-License-Identifier: BSD-2-Clause */
/* uart.c - a 16550A at 3F8h, IRQ 4. National Semiconductor PC16550D data sheet, "Registers". A byte written
 * is sent at once. What comes in is fetched from outside when the guest looks: the line never runs over. */
#include "board.h"

#include <string.h>

enum { IRQ = 4 };
enum { IER_RECEIVED = 1, IER_EMPTY = 2, IER_LINE = 4, IER_MODEM = 8 };
enum { LSR_READY = 1, LSR_OVERRUN = 2, LSR_ERRORS = 0x1e, LSR_IDLE = 0x60 };
enum { MCR_OUT2 = 8, MCR_LOOP = 0x10, LCR_DLAB = 0x80 };

static unsigned trigger(const struct uart *u) {
    static const uint8_t levels[4] = {1, 4, 8, 14};
    return u->fcr & 1 ? levels[u->fcr >> 6] : 1;
}

/* Interrupt identification without the FIFO bits; 1: none. */
static unsigned identification(const struct uart *u) {
    if ((u->ier & IER_LINE) && (u->lsr & LSR_ERRORS))
        return 6;
    if ((u->ier & IER_RECEIVED) && u->fifo_count)
        return u->fifo_count >= trigger(u) ? 4 : 0xc;
    if ((u->ier & IER_EMPTY) && u->transmit_pending)
        return 2;
    if ((u->ier & IER_MODEM) && u->msr_delta)
        return 0;
    return 1;
}

static void update(struct devices *d, struct cpu *c) {
    const struct uart *u = &d->b.uart;
    bool gate = (u->mcr & MCR_OUT2) && !(u->mcr & MCR_LOOP);
    board_line(d, c, IRQ, gate && identification(u) != 1);
}

/* The modem lines: in loopback the outputs come back; otherwise carrier, DSR and CTS are there. */
static unsigned modem_lines(const struct uart *u) {
    if (!(u->mcr & MCR_LOOP))
        return 0xb0;
    return (u->mcr & 2 ? 0x10U : 0) | (u->mcr & 1 ? 0x20U : 0) | (u->mcr & 4 ? 0x40U : 0) |
           (u->mcr & 8 ? 0x80U : 0);
}

static unsigned capacity(const struct uart *u) {
    return u->fcr & 1 ? 16 : 1;
}

static void receive(struct uart *u, uint8_t byte) {
    if (u->fifo_count >= capacity(u)) {
        u->lsr |= LSR_OVERRUN;
        return;
    }
    u->fifo[(u->fifo_first + u->fifo_count++) & 15] = byte;
}

static void transmit(struct devices *d, uint8_t byte) {
    struct uart *u = &d->b.uart;
    if (u->mcr & MCR_LOOP)
        receive(u, byte);
    else if (d->outlets.serial_byte)
        d->outlets.serial_byte(d->outlets.context, byte);
    u->transmit_pending = true;
}

/* What has come over the line meanwhile; in loopback the input is disconnected. */
static void fetch(struct devices *d) {
    struct uart *u = &d->b.uart;
    if (!d->outlets.serial_input || (u->mcr & MCR_LOOP))
        return;
    while (u->fifo_count < capacity(u)) {
        int byte = d->outlets.serial_input(d->outlets.context);
        if (byte < 0)
            return;
        receive(u, (uint8_t)byte);
    }
}

static uint8_t take(struct uart *u) {
    if (!u->fifo_count)
        return 0;
    uint8_t byte = u->fifo[u->fifo_first & 15];
    u->fifo_first = (u->fifo_first + 1) & 15;
    u->fifo_count--;
    return byte;
}

static void write_mcr(struct uart *u, uint8_t value) {
    unsigned before = modem_lines(u);
    u->mcr = value & 0x1f;
    unsigned changed = before ^ modem_lines(u);
    unsigned fell = before & changed;
    u->msr_delta |= (uint8_t)((changed & 0x10 ? 1 : 0) | (changed & 0x20 ? 2 : 0) | (fell & 0x40 ? 4 : 0) |
                              (changed & 0x80 ? 8 : 0));
}

static void write_fcr(struct uart *u, uint8_t value) {
    if (((value ^ u->fcr) & 1) || (value & 2))
        u->fifo_count = u->fifo_first = 0;
    u->fcr = value & 1 ? value & 0xc9 : 0;
}

void uart_reset(struct devices *d) {
    d->b.uart = (struct uart){.divisor = {12, 0}};
}

uint32_t uart_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)size;
    struct uart *u = &d->b.uart;
    uint32_t value;
    switch (port & 7) {
    case 0:
        if (u->lcr & LCR_DLAB)
            return u->divisor[0];
        fetch(d);
        value = take(u);
        break;
    case 1:
        return u->lcr & LCR_DLAB ? u->divisor[1] : u->ier;
    case 2:
        fetch(d);
        value = identification(u);
        if (value == 2)
            u->transmit_pending = false;
        value |= u->fcr & 1 ? 0xc0 : 0;
        break;
    case 3:
        return u->lcr;
    case 4:
        return u->mcr;
    case 5:
        fetch(d);
        value = u->lsr | LSR_IDLE | (u->fifo_count ? LSR_READY : 0);
        u->lsr = 0;
        break;
    case 6:
        value = modem_lines(u) | u->msr_delta;
        u->msr_delta = 0;
        break;
    default:
        return u->scratch;
    }
    update(d, c);
    return value;
}

void uart_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)size;
    struct uart *u = &d->b.uart;
    uint8_t byte = (uint8_t)value;
    switch (port & 7) {
    case 0:
        if (u->lcr & LCR_DLAB)
            u->divisor[0] = byte;
        else
            transmit(d, byte);
        break;
    case 1:
        if (u->lcr & LCR_DLAB) {
            u->divisor[1] = byte;
            break;
        }
        if ((byte & ~u->ier) & IER_EMPTY) /* enabling it while the transmitter is empty interrupts at once */
            u->transmit_pending = true;
        u->ier = byte & 15;
        break;
    case 2:
        write_fcr(u, byte);
        break;
    case 3:
        u->lcr = byte;
        break;
    case 4:
        write_mcr(u, byte);
        break;
    case 7:
        u->scratch = byte;
        break;
    default:
        break; /* LSR and MSR: read-only */
    }
    update(d, c);
}
