/* SPDX-License-Identifier: BSD-2-Clause */
/* pic.c - two 8259A interrupt controllers, the second on request 2 of the first. Intel 8259A data sheet,
 * "Initialization Command Words", "Operation Command Words"; the edge/level control registers of the PC
 * chipsets at 4D0h and 4D1h. */
#include "board.h"

#include <string.h>

enum { CASCADE = 2, NONE = 8 };

/* The request of highest priority in a set, as its distance from `first`; NONE: empty. */
static unsigned highest(const struct pic_chip *p, unsigned set) {
    for (unsigned i = 0; i < 8; i++) {
        if (set >> ((p->first + i) & 7) & 1)
            return i;
    }
    return NONE;
}

/* The request to serve, 0..7, or NONE. In special fully nested mode the cascade line is not blocked by its
 * own service. */
static unsigned to_serve(const struct devices *d, unsigned n) {
    const struct pic_chip *p = &d->b.pic[n];
    unsigned request = highest(p, p->irr & (unsigned)~p->imr);
    if (request == NONE)
        return NONE;
    unsigned blocking = p->isr;
    if (p->special_mask)
        blocking &= (unsigned)~p->imr;
    if (p->fully_nested && n == 0)
        blocking &= ~(1U << CASCADE);
    if (highest(p, blocking) <= request)
        return NONE;
    return (p->first + request) & 7;
}

static void chip_line(struct pic_chip *p, unsigned line, bool level) {
    uint8_t bit = (uint8_t)(1U << line);
    bool triggered_by_level = (p->elcr & bit) != 0;
    if (level) {
        if (triggered_by_level || !(p->lines & bit))
            p->irr |= bit;
        p->lines |= bit;
    } else {
        if (triggered_by_level)
            p->irr &= (uint8_t)~bit;
        p->lines &= (uint8_t)~bit;
    }
}

static void cascade(struct devices *d) {
    chip_line(&d->b.pic[0], CASCADE, to_serve(d, 1) != NONE);
}

void pic_line(struct devices *d, unsigned irq, bool level) {
    chip_line(&d->b.pic[irq >> 3], irq & 7, level);
    cascade(d);
}

bool pic_output(const struct devices *d) {
    return to_serve(d, 0) != NONE;
}

static void take(struct pic_chip *p, unsigned line) {
    uint8_t bit = (uint8_t)(1U << line);
    if (p->auto_eoi) {
        if (p->rotate_on_aeoi)
            p->first = (uint8_t)((line + 1) & 7);
    } else {
        p->isr |= bit;
    }
    if (!(p->elcr & bit))
        p->irr &= (uint8_t)~bit;
}

/* Without a request any more the chip answers as for request 7, and no service bit is set. */
uint8_t pic_acknowledge(struct devices *d) {
    struct pic_chip *master = &d->b.pic[0], *slave = &d->b.pic[1];
    unsigned line = to_serve(d, 0);
    if (line == NONE)
        return (uint8_t)(master->base + 7);
    take(master, line);
    if (line != CASCADE)
        return (uint8_t)(master->base + line);
    unsigned second = to_serve(d, 1);
    if (second != NONE)
        take(slave, second);
    cascade(d);
    return (uint8_t)(slave->base + (second == NONE ? 7 : second));
}

void pic_reset(struct devices *d) {
    memset(d->b.pic, 0, sizeof d->b.pic);
}

static void start_initialisation(struct pic_chip *p, uint32_t value) {
    uint8_t elcr = p->elcr, lines = p->lines;
    *p = (struct pic_chip){.elcr = elcr, .lines = lines, .step = 2};
    p->needs_icw4 = (value & 1) != 0;
    p->single = (value & 2) != 0;
}

/* OCW2: rotate, specific, end of interrupt. */
static void end_of_interrupt(struct pic_chip *p, uint32_t value) {
    unsigned action = value >> 5, line = value & 7;
    unsigned served = highest(p, p->special_mask ? p->isr & (unsigned)~p->imr : p->isr);
    switch (action) {
    case 0:
    case 4:
        p->rotate_on_aeoi = action == 4;
        break;
    case 1:
    case 5:
        if (served == NONE)
            break;
        served = (p->first + served) & 7;
        p->isr &= (uint8_t) ~(1U << served);
        if (action == 5)
            p->first = (uint8_t)((served + 1) & 7);
        break;
    case 3:
        p->isr &= (uint8_t) ~(1U << line);
        break;
    case 6:
        p->first = (uint8_t)((line + 1) & 7);
        break;
    case 7:
        p->isr &= (uint8_t) ~(1U << line);
        p->first = (uint8_t)((line + 1) & 7);
        break;
    default:
        break;
    }
}

static void write_command(struct pic_chip *p, uint32_t value) {
    if (value & 0x10) {
        start_initialisation(p, value);
    } else if (value & 8) { /* OCW3 */
        p->poll = (value & 4) != 0;
        if (value & 2)
            p->read_isr = value & 1;
        if (value & 0x40)
            p->special_mask = (value & 0x20) != 0;
    } else {
        end_of_interrupt(p, value);
    }
}

static void write_data(struct pic_chip *p, uint32_t value) {
    switch (p->step) {
    case 2:
        p->base = (uint8_t)(value & 0xf8);
        p->step = p->single ? (p->needs_icw4 ? 4 : 0) : 3;
        break;
    case 3:
        p->step = p->needs_icw4 ? 4 : 0;
        break;
    case 4:
        p->fully_nested = (value & 0x10) != 0;
        p->auto_eoi = (value & 2) != 0;
        p->step = 0;
        break;
    default:
        p->imr = (uint8_t)value;
    }
}

void pic_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)c, (void)size;
    struct pic_chip *p = &d->b.pic[port >= 0xa0];
    if (port & 1)
        write_data(p, value);
    else
        write_command(p, value);
    cascade(d);
}

uint32_t pic_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)c, (void)size;
    unsigned n = port >= 0xa0;
    struct pic_chip *p = &d->b.pic[n];
    if (p->poll) { /* the read is the acknowledge */
        p->poll = false;
        unsigned line = to_serve(d, n);
        if (line == NONE)
            return 0;
        take(p, line);
        cascade(d);
        return 0x80 | line;
    }
    if (port & 1)
        return p->imr;
    return p->read_isr ? p->isr : p->irr;
}

uint32_t elcr_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)c, (void)size;
    return d->b.pic[port & 1].elcr;
}

/* IRQ 0, 1, 2, 8 and 13 are always edge-triggered. */
void elcr_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)c, (void)size;
    d->b.pic[port & 1].elcr = (uint8_t)(value & (port & 1 ? 0xde : 0xf8));
}
