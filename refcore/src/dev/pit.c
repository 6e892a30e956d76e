/* SPDX-License-Identifier: BSD-2-Clause */
/* pit.c - the 8254 interval timer and port 61h. Intel 8254 data sheet, "Mode Definitions", "Read Operations".
 * Its clock of 1193182 Hz runs on virtual time. Channel 0 is IRQ 0; channel 2's gate is port 61h bit 0. A
 * count is loaded at once, not one clock later. */
#include "board.h"

enum { CLOCK = 1193182, NANOSECONDS = 1000000000 };

static uint64_t ticks(uint64_t now) {
    return (uint64_t)((unsigned __int128)now * CLOCK / NANOSECONDS);
}
/* the first instant at which ticks() is `t` */
static uint64_t instant(uint64_t t) {
    unsigned __int128 at = ((unsigned __int128)t * NANOSECONDS + CLOCK - 1) / CLOCK;
    return at > INT64_MAX ? NEVER : (uint64_t)at;
}

static uint64_t elapsed(const struct pit_channel *p, uint64_t t) {
    bool holds = p->mode != 1 && p->mode != 5;
    return holds && !p->gate ? p->held : t - p->start;
}

static bool output(const struct pit_channel *p, uint64_t t) {
    uint64_t n = p->reload;
    if (!p->started)
        return p->mode != 0;
    uint64_t e = elapsed(p, t);
    switch (p->mode) {
    case 0:
        return e >= n;
    case 1:
        return e >= n;
    case 2:
        return !p->gate || e % n != n - 1;
    case 3:
        return !p->gate || e % n < (n + 1) / 2;
    default:
        return e != n;
    }
}

static uint16_t to_bcd(uint64_t v) {
    v %= 10000;
    return (uint16_t)(v / 1000 << 12 | v / 100 % 10 << 8 | v / 10 % 10 << 4 | v % 10);
}
static uint32_t from_bcd(uint32_t v) {
    return (v >> 12) * 1000 + (v >> 8 & 15) * 100 + (v >> 4 & 15) * 10 + (v & 15);
}

static uint16_t counting(const struct pit_channel *p, uint64_t t) {
    uint64_t n = p->reload, turn = p->bcd ? 10000 : 65536, value = n;
    if (p->started) {
        uint64_t e = elapsed(p, t);
        switch (p->mode) {
        case 2:
            value = n - e % n;
            break;
        case 3:
            value = n - 2 * (e % n) % n;
            break;
        default:
            value = (n + turn - e % turn) % turn;
        }
    }
    return p->bcd ? to_bcd(value) : (uint16_t)value;
}

/* Rising edges of the output in (from, to]. */
static bool rose(const struct pit_channel *p, uint64_t from, uint64_t to) {
    if (!p->started || (!p->gate && p->mode != 1 && p->mode != 5))
        return false;
    uint64_t n = p->reload, e0 = from > p->start ? from - p->start : 0, e1 = to - p->start;
    switch (p->mode) {
    case 0:
    case 1:
        return e0 < n && e1 >= n;
    case 2:
    case 3:
        return e1 / n > e0 / n;
    default:
        return e0 < n + 1 && e1 >= n + 1;
    }
}

void pit_advance(struct devices *d, struct cpu *c, uint64_t now) {
    struct pit *p = &d->b.pit;
    uint64_t t = ticks(now);
    if (t <= p->seen)
        return;
    if (rose(&p->channel[0], p->seen, t)) {
        board_line(d, c, 0, false);
        board_line(d, c, 0, true);
    }
    p->seen = t;
    board_line(d, c, 0, output(&p->channel[0], t));
}

/* The next rising edge of channel 0. */
uint64_t pit_wake(const struct devices *d, uint64_t now) {
    const struct pit_channel *p = &d->b.pit.channel[0];
    (void)now;
    if (!p->started)
        return NEVER;
    uint64_t t = d->b.pit.seen, n = p->reload, e = t > p->start ? t - p->start : 0;
    switch (p->mode) {
    case 0:
    case 1:
        return e < n ? instant(p->start + n) : NEVER;
    case 2:
    case 3:
        return instant(p->start + (e / n + 1) * n);
    default:
        return e < n + 1 ? instant(p->start + n + 1) : NEVER;
    }
}

static void set_gate(struct pit_channel *p, bool gate, uint64_t t) {
    bool triggered = p->mode == 1 || p->mode == 5;
    if (gate == p->gate)
        return;
    if (!gate && !triggered)
        p->held = p->started ? t - p->start : 0;
    p->gate = gate;
    if (!gate)
        return;
    if (triggered || p->mode == 2 || p->mode == 3) {
        p->started = p->loaded;
        p->start = t;
    } else {
        p->start = t - p->held;
    }
}

static void load(struct pit_channel *p, uint32_t value, uint64_t t) {
    uint32_t count = p->bcd ? from_bcd(value) : value;
    if (count == 0)
        count = p->bcd ? 10000 : 65536;
    p->reload = count;
    p->loaded = true;
    if (p->mode == 1 || p->mode == 5)
        return; /* counts from the trigger on */
    p->started = true;
    p->start = t;
    p->held = 0;
}

static void latch_count(struct pit_channel *p, uint64_t t) {
    if (p->count_latched)
        return;
    p->latch = counting(p, t);
    p->count_latched = p->access == 3 ? 2 : 1;
}

static void latch_status(struct pit_channel *p, uint64_t t) {
    if (p->status_latched)
        return;
    p->status = (uint8_t)((output(p, t) ? 0x80 : 0) | (p->loaded ? 0 : 0x40) | p->access << 4 | p->mode << 1 |
                          (p->bcd ? 1 : 0));
    p->status_latched = true;
}

static void write_control(struct pit *pit, uint32_t value, uint64_t t) {
    unsigned n = value >> 6;
    if (n == 3) { /* read-back */
        for (unsigned i = 0; i < 3; i++) {
            if (!(value & (2U << i)))
                continue;
            if (!(value & 0x20))
                latch_count(&pit->channel[i], t);
            if (!(value & 0x10))
                latch_status(&pit->channel[i], t);
        }
        return;
    }
    struct pit_channel *p = &pit->channel[n];
    if (!(value & 0x30)) {
        latch_count(p, t);
        return;
    }
    unsigned mode = value >> 1 & 7;
    *p = (struct pit_channel){.mode = (uint8_t)(mode > 5 ? mode - 4 : mode),
                              .access = (uint8_t)(value >> 4 & 3),
                              .bcd = value & 1,
                              .gate = p->gate,
                              .reload = 65536};
}

static void write_count(struct pit_channel *p, uint8_t value, uint64_t t) {
    switch (p->access) {
    case 1:
        load(p, value, t);
        break;
    case 2:
        load(p, (uint32_t)value << 8, t);
        break;
    default:
        if (!p->write_high) {
            p->low = value;
            if (p->mode == 0) /* the first byte stops the count */
                p->started = false;
        } else {
            load(p, (uint32_t)value << 8 | p->low, t);
        }
        p->write_high = !p->write_high;
    }
}

static uint8_t read_count(struct pit_channel *p, uint64_t t) {
    if (p->status_latched) {
        p->status_latched = false;
        return p->status;
    }
    uint16_t value = p->count_latched ? p->latch : counting(p, t);
    bool high = p->access == 2;
    if (p->access == 3) {
        high = p->read_high;
        p->read_high = !p->read_high;
    }
    if (p->count_latched)
        p->count_latched--;
    return (uint8_t)(high ? value >> 8 : value);
}

void pit_reset(struct devices *d) {
    d->b.pit = (struct pit){0};
    for (unsigned i = 0; i < 3; i++)
        d->b.pit.channel[i] = (struct pit_channel){.access = 3, .gate = i != 2, .reload = 65536};
}

uint32_t pit_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)c, (void)size;
    unsigned n = port & 3;
    return n == 3 ? 0xff : read_count(&d->b.pit.channel[n], ticks(d->b.time));
}

void pit_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)size;
    struct pit *p = &d->b.pit;
    uint64_t t = ticks(d->b.time);
    unsigned n = port & 3;
    if (n == 3)
        write_control(p, value, t);
    else
        write_count(&p->channel[n], (uint8_t)value, t);
    board_line(d, c, 0, output(&p->channel[0], t));
}

/* Port 61h: gate and speaker; bit 4 toggles with the refresh clock of 15 us; bit 5 is channel 2's output. */
uint32_t port61_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)c, (void)port, (void)size;
    const struct pit *p = &d->b.pit;
    return p->control | (uint32_t)(d->b.time / 15085 & 1) << 4 |
           (output(&p->channel[2], ticks(d->b.time)) ? 0x20U : 0);
}

void port61_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)c, (void)port, (void)size;
    d->b.pit.control = (uint8_t)(value & 15);
    set_gate(&d->b.pit.channel[2], value & 1, ticks(d->b.time));
}
