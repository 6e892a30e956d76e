/* SPDX-License-Identifier: BSD-2-Clause */
/* rtc.c - MC146818 clock and CMOS memory, ports 70h and 71h, IRQ 8. Motorola MC146818A data sheet,
 * "Registers". The clock starts at 2024-01-01 00:00:00 and runs on virtual time, so that every run sees the
 * same dates. */
#include "board.h"

#include <string.h>

#define SECOND UINT64_C(1000000000)
enum { IRQ = 8, EPOCH_DAYS = 19723 /* 1970-01-01 to 2024-01-01 */, DAY = 86400 };
enum { REG_A = 10, REG_B, REG_C, REG_D, CENTURY = 0x32, SHUTDOWN_STATUS = 15 };
enum { B_24H = 2, B_BINARY = 4, B_UIE = 0x10, B_AIE = 0x20, B_PIE = 0x40, B_SET = 0x80 };
enum { C_UF = 0x10, C_AF = 0x20, C_PF = 0x40, C_IRQF = 0x80 };
enum { UPDATE_NS = 244000 };

struct date {
    unsigned second, minute, hour, weekday, day, month;
    int64_t year;
};

/* Days since 1970-01-01 and back, in the proleptic Gregorian calendar, with years that start in March. */
static int64_t days_of(int64_t year, unsigned month, unsigned day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date date_of(int64_t seconds) {
    int64_t days = seconds / DAY, rest = seconds % DAY;
    if (rest < 0) {
        rest += DAY;
        days--;
    }
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100),
            m = (5 * of_year + 2) / 153;
    unsigned month = (unsigned)(m < 10 ? m + 3 : m - 9);
    return (struct date){.second = (unsigned)(rest % 60),
                         .minute = (unsigned)(rest / 60 % 60),
                         .hour = (unsigned)(rest / 3600),
                         .weekday = (unsigned)(((days + 4) % 7 + 7) % 7) + 1,
                         .day = (unsigned)(of_year - (153 * m + 2) / 5 + 1),
                         .month = month,
                         .year = year_of_era + era * 400 + (month <= 2)};
}

static uint8_t encode(const struct rtc *r, unsigned v) {
    return (uint8_t)(r->data[REG_B] & B_BINARY ? v : v / 10 << 4 | v % 10);
}
static unsigned decode(const struct rtc *r, uint8_t v) {
    return r->data[REG_B] & B_BINARY ? v : (unsigned)(v >> 4) * 10 + (v & 15);
}
static uint8_t encode_hour(const struct rtc *r, unsigned hour) {
    if (r->data[REG_B] & B_24H)
        return encode(r, hour);
    return (uint8_t)(encode(r, hour % 12 ? hour % 12 : 12) | (hour >= 12 ? 0x80 : 0));
}
static unsigned decode_hour(const struct rtc *r, uint8_t v) {
    if (r->data[REG_B] & B_24H)
        return decode(r, v);
    return decode(r, v & 0x7f) % 12 + (v & 0x80 ? 12 : 0);
}

static int64_t seconds_at(const struct rtc *r, uint64_t now) {
    return (int64_t)EPOCH_DAYS * DAY + (int64_t)(now / SECOND) + r->offset;
}

static void show_time(struct rtc *r, uint64_t now) {
    struct date t = date_of(seconds_at(r, now));
    r->data[0] = encode(r, t.second);
    r->data[2] = encode(r, t.minute);
    r->data[4] = encode_hour(r, t.hour);
    r->data[6] = encode(r, t.weekday);
    r->data[7] = encode(r, t.day);
    r->data[8] = encode(r, t.month);
    r->data[9] = encode(r, (unsigned)(t.year % 100));
    r->data[CENTURY] = encode(r, (unsigned)(t.year / 100 % 100));
}

static void take_time(struct rtc *r, uint64_t now) {
    unsigned month = decode(r, r->data[8]), day = decode(r, r->data[7]);
    int64_t year = (int64_t)decode(r, r->data[CENTURY]) * 100 + decode(r, r->data[9]);
    int64_t wanted = days_of(year, month >= 1 && month <= 12 ? month : 1, day ? day : 1) * DAY +
                     (int64_t)decode_hour(r, r->data[4]) * 3600 + (int64_t)decode(r, r->data[2]) * 60 +
                     (int64_t)decode(r, r->data[0]);
    r->offset += wanted - seconds_at(r, now);
}

/* Of the periodic interrupt, in nanoseconds; 0: none. "Periodic Interrupt Rate" */
static uint64_t period(const struct rtc *r) {
    unsigned rate = r->data[REG_A] & 15;
    if (rate == 0)
        return 0;
    return SECOND * (UINT64_C(1) << ((rate < 3 ? rate + 7 : rate) - 1)) / 32768;
}

static bool alarm_matches(const struct rtc *r, int64_t seconds) {
    struct date t = date_of(seconds);
    return (r->data[1] >= 0xc0 || r->data[1] == encode(r, t.second)) &&
           (r->data[3] >= 0xc0 || r->data[3] == encode(r, t.minute)) &&
           (r->data[5] >= 0xc0 || r->data[5] == encode_hour(r, t.hour));
}

static void update_line(struct devices *d, struct cpu *c) {
    struct rtc *r = &d->b.rtc;
    bool wants = (r->data[REG_C] & r->data[REG_B] & (C_UF | C_AF | C_PF)) != 0;
    r->data[REG_C] = (uint8_t)((r->data[REG_C] & ~C_IRQF) | (wants ? C_IRQF : 0));
    board_line(d, c, IRQ, wants);
}

void rtc_advance(struct devices *d, struct cpu *c, uint64_t now) {
    struct rtc *r = &d->b.rtc;
    if (now <= r->seen)
        return;
    uint64_t every = period(r), before = r->seen / SECOND, after = now / SECOND;
    if (every && now / every > r->seen / every)
        r->data[REG_C] |= C_PF;
    if (after > before && !(r->data[REG_B] & B_SET)) {
        r->data[REG_C] |= C_UF;
        uint64_t passed = after - before < DAY ? after - before : DAY;
        for (uint64_t i = 0; i < passed && !(r->data[REG_C] & C_AF); i++) {
            if (alarm_matches(r, seconds_at(r, now) - (int64_t)i))
                r->data[REG_C] |= C_AF;
        }
    }
    r->seen = now;
    update_line(d, c);
}

uint64_t rtc_wake(const struct devices *d, uint64_t now) {
    const struct rtc *r = &d->b.rtc;
    uint64_t wake = NEVER, every = period(r);
    (void)now;
    if ((r->data[REG_B] & B_PIE) && every)
        wake = (r->seen / every + 1) * every;
    if ((r->data[REG_B] & (B_UIE | B_AIE)) && !(r->data[REG_B] & B_SET)) {
        uint64_t second = (r->seen / SECOND + 1) * SECOND;
        wake = second < wake ? second : wake;
    }
    return wake;
}

static void put16(uint8_t *at, uint64_t value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

/* The sizes of memory that a PC BIOS leaves in CMOS: KiB above 1 MiB, 64 KiB above 16 MiB. */
static void memory_sizes(struct devices *d) {
    uint8_t *data = d->b.rtc.data;
    uint64_t kib = d->ram_bytes >> 10, above_1m = kib > 1024 ? kib - 1024 : 0,
             above_16m = kib > 16384 ? (kib - 16384) / 64 : 0;
    put16(data + 0x15, 640);
    put16(data + 0x17, above_1m < 0xffff ? above_1m : 0xffff);
    put16(data + 0x30, above_1m < 0xffff ? above_1m : 0xffff);
    put16(data + 0x34, above_16m < 0xffff ? above_16m : 0xffff);
}

void rtc_reset(struct devices *d) {
    struct rtc *r = &d->b.rtc;
    *r = (struct rtc){0};
    r->data[REG_A] = 0x26;
    r->data[REG_B] = B_24H;
    r->data[REG_D] = 0x80;
    r->data[0x14] = 6; /* equipment: FPU, PS/2 pointing device */
    memory_sizes(d);
}

uint32_t rtc_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)size;
    struct rtc *r = &d->b.rtc;
    if (!(port & 1))
        return 0xff; /* the index is write-only */
    uint8_t value;
    switch (r->index) {
    case REG_A: {
        bool updates = !(r->data[REG_B] & B_SET) && d->b.time % SECOND >= SECOND - UPDATE_NS;
        return (r->data[REG_A] & 0x7fU) | (updates ? 0x80U : 0);
    }
    case REG_C:
        value = r->data[REG_C];
        r->data[REG_C] = 0;
        update_line(d, c);
        return value;
    default:
        if ((r->index < REG_A || r->index == CENTURY) && !(r->data[REG_B] & B_SET))
            show_time(r, d->b.time);
        return r->data[r->index];
    }
}

void rtc_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)size;
    struct rtc *r = &d->b.rtc;
    if (!(port & 1)) {
        r->index = value & 0x7f; /* bit 7 would mask NMI */
        return;
    }
    bool clock = r->index <= 9 || r->index == CENTURY,
         alarm = r->index == 1 || r->index == 3 || r->index == 5;
    if (r->index == REG_C || r->index == REG_D)
        return;
    bool set = (r->data[REG_B] & B_SET) != 0;
    if (clock && !alarm && !set)
        show_time(r, d->b.time);
    if (r->index == REG_B && !set)
        show_time(r, d->b.time); /* in the old format; it is frozen in the new one below */
    r->data[r->index] = (uint8_t)value;
    if (clock && !alarm && !set)
        take_time(r, d->b.time);
    if (r->index == REG_B) {
        if (value & B_SET)
            r->data[REG_B] &= (uint8_t)~B_UIE;
        if (set && !(value & B_SET))
            take_time(r, d->b.time);
        else if (!set && (value & B_SET))
            show_time(r, d->b.time);
        update_line(d, c);
    }
}
