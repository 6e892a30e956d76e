/* SPDX-License-Identifier: BSD-2-Clause */
/* apic.c - the local APIC: registers in memory and as x2APIC MSRs. SDM Vol. 3A, "Advanced Programmable
 * Interrupt Controller (APIC)". Its bus clock is 1 GHz of virtual time: one count an instruction, before the
 * divide configuration. */
#include "../cpu/msr.h"
#include "board.h"

#include <string.h>

enum { MSR_BASE = 0x1b, MSR_DEADLINE = 0x6e0, MSR_X2APIC = 0x800 };
enum { BASE_EXTD = 1 << 10, BASE_EN = 1 << 11 };
/* register offsets; the MSR index is 800h + offset / 16 */
enum {
    REG_ID = 0x20,
    REG_VERSION = 0x30,
    REG_TPR = 0x80,
    REG_APR = 0x90,
    REG_PPR = 0xa0,
    REG_EOI = 0xb0,
    REG_LDR = 0xd0,
    REG_DFR = 0xe0,
    REG_SVR = 0xf0,
    REG_ISR = 0x100,
    REG_TMR = 0x180,
    REG_IRR = 0x200,
    REG_ESR = 0x280,
    REG_ICR = 0x300,
    REG_ICR_HIGH = 0x310,
    REG_LVT = 0x320,
    REG_INITIAL = 0x380,
    REG_CURRENT = 0x390,
    REG_DIVIDE = 0x3e0,
    REG_SELF = 0x3f0,
};
enum { SVR_ENABLE = 1 << 8, LVT_MASKED = 1 << 16, LVT_STATUS = 1 << 12, LVT_REMOTE_IRR = 1 << 14 };
enum { ESR_SEND_ILLEGAL = 1 << 5, ESR_RECEIVE_ILLEGAL = 1 << 6, ESR_REGISTER = 1 << 7 };
enum { TIMER_ONE_SHOT, TIMER_PERIODIC, TIMER_DEADLINE };
enum { MODE_FIXED, MODE_LOWEST, MODE_SMI, MODE_NMI = 4, MODE_INIT, MODE_STARTUP, MODE_EXTINT };
enum { SHORTHAND_NONE, SHORTHAND_SELF, SHORTHAND_ALL, SHORTHAND_OTHERS };
enum { VERSION = (LVT_COUNT - 1) << 16 | 0x14 };

static const uint32_t lvt_writable[LVT_COUNT] = {
    0x710ff & ~(uint32_t)LVT_STATUS, 0x107ff, 0x107ff, 0x1a7ff, 0x1a7ff, 0x100ff};

static bool has_base_msr(const struct cpu *c) {
    return cpu_has(c, FEATURE_PAT);
}
static bool enabled(const struct cpu *c) {
    return cpu_has(c, FEATURE_APIC) && (!has_base_msr(c) || (c->apic_base & BASE_EN));
}
static bool in_x2apic(const struct cpu *c) {
    return enabled(c) && has_base_msr(c) && (c->apic_base & BASE_EXTD);
}

void apic_reset(struct devices *d) {
    struct apic *a = &d->b.apic;
    *a = (struct apic){.svr = 0xff, .dfr = UINT32_MAX};
    for (unsigned i = 0; i < LVT_COUNT; i++)
        a->lvt[i] = LVT_MASKED;
    /* as firmware leaves it on the bootstrap processor: virtual wire mode */
    a->lvt[LVT_LINT0] = MODE_EXTINT << 8;
}

/* SDM Vol. 3A, "Local APIC State After an INIT Reset": as after power-up, but the ID and IA32_APIC_BASE stay.
 * All local vectors are masked, LINT0 too: what firmware set up is gone. */
void apic_init(struct devices *d) {
    uint32_t id = d->b.apic.id;
    bool lint0 = d->b.apic.lint0;
    apic_reset(d);
    d->b.apic.id = id;
    d->b.apic.lint0 = lint0;
    d->b.apic.lvt[LVT_LINT0] = LVT_MASKED;
}

/* ---- priorities: "Interrupt, Task, and Processor Priority" ---- */

static int highest(const uint32_t *set) {
    for (int i = 7; i >= 0; i--) {
        if (set[i])
            return i * 32 + 31 - __builtin_clz(set[i]);
    }
    return -1;
}

static uint32_t processor_priority(const struct apic *a) {
    int served = highest(a->isr);
    uint32_t class = served < 0 ? 0 : (uint32_t)served & 0xf0;
    return (a->tpr & 0xf0) >= class ? a->tpr : class;
}

bool apic_pending(const struct devices *d, const struct cpu *c) {
    const struct apic *a = &d->b.apic;
    if (!enabled(c) || !(a->svr & SVR_ENABLE))
        return false;
    int vector = highest(a->irr);
    return vector >= 0 && ((uint32_t)vector & 0xf0) > (processor_priority(a) & 0xf0);
}

uint8_t apic_acknowledge(struct devices *d) {
    struct apic *a = &d->b.apic;
    int vector = highest(a->irr);
    if (vector < 0 || ((uint32_t)vector & 0xf0) <= (processor_priority(a) & 0xf0))
        return (uint8_t)a->svr; /* "Spurious Interrupt" */
    uint32_t bit = 1U << (vector & 31);
    a->irr[vector >> 5] &= ~bit;
    a->isr[vector >> 5] |= bit;
    return (uint8_t)vector;
}

static void accept(struct devices *d, uint8_t vector, bool level);

static void error(struct devices *d, uint32_t bit) {
    struct apic *a = &d->b.apic;
    bool first = !(a->esr_pending & bit);
    a->esr_pending |= bit;
    if (first && !(a->lvt[LVT_ERROR] & LVT_MASKED) && (a->lvt[LVT_ERROR] & 0xff) >= 16)
        accept(d, (uint8_t)a->lvt[LVT_ERROR], false);
}

/* A fixed interrupt enters the IRR. */
static void accept(struct devices *d, uint8_t vector, bool level) {
    struct apic *a = &d->b.apic;
    if (!(a->svr & SVR_ENABLE))
        return;
    if (vector < 16) {
        error(d, ESR_RECEIVE_ILLEGAL);
        return;
    }
    uint32_t bit = 1U << (vector & 31);
    a->irr[vector >> 5] |= bit;
    a->tmr[vector >> 5] = level ? a->tmr[vector >> 5] | bit : a->tmr[vector >> 5] & ~bit;
}

static void end_of_interrupt(struct devices *d, struct cpu *c) {
    struct apic *a = &d->b.apic;
    int vector = highest(a->isr);
    if (vector < 0)
        return;
    uint32_t bit = 1U << (vector & 31);
    a->isr[vector >> 5] &= ~bit;
    if (a->tmr[vector >> 5] & bit) {
        for (unsigned i = LVT_LINT0; i <= LVT_LINT1; i++) {
            if ((a->lvt[i] & 0xff) == (uint32_t)vector)
                a->lvt[i] &= ~(uint32_t)LVT_REMOTE_IRR;
        }
        ioapic_eoi(d, c, (uint8_t)vector);
    }
}

/* ---- messages: "Determining IPI Destination" ---- */

static uint32_t logical_id(const struct devices *d, const struct cpu *c) {
    uint32_t id = d->b.apic.id;
    return in_x2apic(c) ? (id >> 4) << 16 | 1U << (id & 15) : d->b.apic.ldr;
}

static bool addressed(const struct devices *d, const struct cpu *c, uint32_t destination, bool logical) {
    const struct apic *a = &d->b.apic;
    bool wide = in_x2apic(c);
    if (destination == (wide ? UINT32_MAX : 0xff))
        return true;
    if (!logical)
        return destination == a->id;
    uint32_t own = logical_id(d, c);
    if (wide)
        return destination >> 16 == own >> 16 && (destination & own & 0xffff);
    own >>= 24;
    if (a->dfr >> 28 == 15)
        return (destination & own) != 0;
    return (destination & own & 15) && destination >> 4 == own >> 4; /* cluster model */
}

void apic_message(struct devices *d, struct cpu *c, uint32_t destination, bool logical, unsigned mode,
                  uint8_t vector, bool level) {
    if (!enabled(c) || !addressed(d, c, destination, logical))
        return;
    switch (mode) {
    case MODE_FIXED:
    case MODE_LOWEST:
        accept(d, vector, level);
        break;
    case MODE_SMI: /* dropped: system management mode is out of scope */
        break;
    case MODE_NMI:
        c->nmi_pending = true;
        break;
    case MODE_INIT:
        c->init_pending = true;
        break;
    default:
        break; /* start-up: this processor runs already */
    }
}

static void send(struct devices *d, struct cpu *c) {
    struct apic *a = &d->b.apic;
    uint32_t low = (uint32_t)a->icr;
    unsigned mode = low >> 8 & 7, shorthand = low >> 18 & 3;
    uint32_t destination = in_x2apic(c) ? (uint32_t)(a->icr >> 32) : (uint32_t)(a->icr >> 56);
    bool level = (low >> 15 & 1) != 0, assert_ = (low >> 14 & 1) != 0;
    if ((mode == MODE_FIXED || mode == MODE_LOWEST) && (uint8_t)low < 16) {
        error(d, ESR_SEND_ILLEGAL);
        return;
    }
    if (mode == MODE_INIT && level && !assert_) /* INIT level de-assert: sets arbitration IDs only */
        return;
    if (shorthand == SHORTHAND_OTHERS)
        return;
    if (shorthand != SHORTHAND_NONE)
        destination = in_x2apic(c) ? UINT32_MAX : 0xff;
    /* the trigger mode of an IPI is edge but for INIT de-assert */
    apic_message(d, c, destination, shorthand == SHORTHAND_NONE && (low >> 11 & 1), mode, (uint8_t)low,
                 false);
}

/* ---- local interrupt pins ---- */

void apic_lint0(struct devices *d, struct cpu *c, bool level) {
    struct apic *a = &d->b.apic;
    bool rose = level && !a->lint0;
    a->lint0 = level;
    uint32_t *lvt = &a->lvt[LVT_LINT0];
    if (!enabled(c) || (*lvt & LVT_MASKED) || !level)
        return;
    unsigned mode = *lvt >> 8 & 7;
    bool by_level = (*lvt >> 15 & 1) && mode == MODE_FIXED;
    if (by_level ? (*lvt & LVT_REMOTE_IRR) != 0 : !rose)
        return;
    if (by_level)
        *lvt |= LVT_REMOTE_IRR;
    if (mode == MODE_FIXED)
        accept(d, (uint8_t)*lvt, by_level);
    else if (mode == MODE_NMI)
        c->nmi_pending = true;
    else if (mode == MODE_INIT)
        c->init_pending = true;
}

bool apic_passes_pic(const struct devices *d, const struct cpu *c) {
    if (!enabled(c))
        return true;
    uint32_t lvt = d->b.apic.lvt[LVT_LINT0];
    return !(lvt & LVT_MASKED) && (lvt >> 8 & 7) == MODE_EXTINT;
}

bool apic_may_nmi(const struct devices *d) {
    if (!(d->b.apic.lvt[LVT_LINT0] & LVT_MASKED) && (d->b.apic.lvt[LVT_LINT0] >> 8 & 7) == MODE_NMI)
        return true;
    for (unsigned i = 0; i < IOAPIC_PINS; i++) {
        if (!(d->b.ioapic.entry[i] & LVT_MASKED) && (d->b.ioapic.entry[i] >> 8 & 7) >= MODE_NMI)
            return true;
    }
    return false;
}

/* ---- timer: "APIC Timer" ---- */

static unsigned timer_mode(const struct apic *a) {
    return a->lvt[LVT_TIMER] >> 17 & 3;
}

static uint64_t divisor(const struct apic *a) {
    unsigned code = (a->divide & 3) | (a->divide >> 1 & 4);
    return code == 7 ? 1 : UINT64_C(2) << code;
}

static uint32_t current_count(const struct apic *a, uint64_t now) {
    if (!a->counting || timer_mode(a) == TIMER_DEADLINE || !a->initial)
        return 0;
    uint64_t passed = (now - a->start) / divisor(a);
    if (passed < a->initial)
        return a->initial - (uint32_t)passed;
    return timer_mode(a) == TIMER_PERIODIC ? a->initial - (uint32_t)(passed % a->initial) : 0;
}

static uint64_t deadline_instant(const struct apic *a, const struct cpu *c) {
    int64_t at = (int64_t)(a->deadline - c->tsc_offset);
    return at < 0 ? (a->deadline >> 63 ? NEVER : 0) : (uint64_t)at;
}

/* When the timer fires next, whether masked or not. */
static uint64_t expiry(const struct apic *a, const struct cpu *c) {
    if (timer_mode(a) == TIMER_DEADLINE)
        return a->deadline ? deadline_instant(a, c) : NEVER;
    if (!a->counting || !a->initial)
        return NEVER;
    return a->start + a->initial * divisor(a);
}

void apic_advance(struct devices *d, struct cpu *c, uint64_t now) {
    struct apic *a = &d->b.apic;
    if (expiry(a, c) > now)
        return;
    uint64_t period = a->initial * divisor(a);
    switch (timer_mode(a)) {
    case TIMER_DEADLINE:
        a->deadline = 0;
        break;
    case TIMER_PERIODIC:
        a->start += (now - a->start) / period * period;
        break;
    default:
        a->counting = false;
    }
    if (!(a->lvt[LVT_TIMER] & LVT_MASKED))
        accept(d, (uint8_t)a->lvt[LVT_TIMER], false);
}

uint64_t apic_wake(const struct devices *d, const struct cpu *c, uint64_t now) {
    const struct apic *a = &d->b.apic;
    (void)now;
    return !enabled(c) || (a->lvt[LVT_TIMER] & LVT_MASKED) || !(a->svr & SVR_ENABLE) ? NEVER : expiry(a, c);
}

/* A new divisor takes effect from the current count on. */
static void set_divide(struct apic *a, uint32_t value, uint64_t now) {
    uint64_t passed = a->counting && a->initial ? (now - a->start) / divisor(a) : 0;
    a->divide = value & 11;
    if (a->counting)
        a->start = now - passed * divisor(a) > now ? now : now - passed * divisor(a);
}

static void set_lvt(struct devices *d, struct cpu *c, unsigned n, uint32_t value) {
    struct apic *a = &d->b.apic;
    uint32_t writable = lvt_writable[n];
    if (n == LVT_TIMER && !cpu_has(c, FEATURE_TSC_DEADLINE))
        writable &= ~(1U << 18);
    uint32_t before = a->lvt[n];
    a->lvt[n] = (value & writable) | (before & LVT_REMOTE_IRR & (value >> 15 & 1 ? LVT_REMOTE_IRR : 0));
    if (!(a->svr & SVR_ENABLE))
        a->lvt[n] |= LVT_MASKED;
    if (n == LVT_TIMER && ((before ^ a->lvt[n]) >> 18 & 1)) { /* to or from deadline mode disarms */
        a->counting = false;
        a->deadline = 0;
    }
    if (n == LVT_LINT0)
        apic_lint0(d, c, a->lint0);
}

static void set_svr(struct apic *a, uint32_t value) {
    a->svr = value & 0x1ff;
    if (a->svr & SVR_ENABLE)
        return;
    for (unsigned i = 0; i < LVT_COUNT; i++) /* "Local APIC State After It Has Been Software Disabled" */
        a->lvt[i] |= LVT_MASKED;
}

/* ---- registers ---- */

static bool read_register(struct devices *d, struct cpu *c, uint32_t offset, uint32_t *value) {
    struct apic *a = &d->b.apic;
    unsigned n = offset >> 4 & 7;
    if (offset >= REG_ISR && offset < REG_ESR) {
        *value = offset < REG_TMR ? a->isr[n] : offset < REG_IRR ? a->tmr[n] : a->irr[n];
        return true;
    }
    if (offset >= REG_LVT && offset < REG_LVT + 16 * LVT_COUNT) {
        *value = a->lvt[(offset - REG_LVT) / 16];
        return true;
    }
    switch (offset) {
    case REG_ID:
        *value = in_x2apic(c) ? a->id : a->id << 24;
        break;
    case REG_VERSION:
        *value = VERSION;
        break;
    case REG_TPR:
        *value = a->tpr;
        break;
    case REG_APR:
        *value = 0;
        break;
    case REG_PPR:
        *value = processor_priority(a);
        break;
    case REG_EOI:
        *value = 0;
        break;
    case REG_LDR:
        *value = logical_id(d, c);
        break;
    case REG_DFR:
        *value = a->dfr;
        break;
    case REG_SVR:
        *value = a->svr;
        break;
    case REG_ESR:
        *value = a->esr;
        break;
    case REG_ICR:
        *value = (uint32_t)a->icr;
        break;
    case REG_ICR_HIGH:
        *value = (uint32_t)(a->icr >> 32);
        break;
    case REG_INITIAL:
        *value = timer_mode(a) == TIMER_DEADLINE ? 0 : a->initial;
        break;
    case REG_CURRENT:
        *value = current_count(a, d->b.time);
        break;
    case REG_DIVIDE:
        *value = a->divide;
        break;
    default:
        return false;
    }
    return true;
}

static bool write_register(struct devices *d, struct cpu *c, uint32_t offset, uint32_t value) {
    struct apic *a = &d->b.apic;
    if (offset >= REG_LVT && offset < REG_LVT + 16 * LVT_COUNT) {
        set_lvt(d, c, (offset - REG_LVT) / 16, value);
        return true;
    }
    switch (offset) {
    case REG_ID:
        a->id = value >> 24;
        break;
    case REG_TPR:
        a->tpr = value & 0xff;
        break;
    case REG_EOI:
        end_of_interrupt(d, c);
        break;
    case REG_LDR:
        a->ldr = value & 0xff000000;
        break;
    case REG_DFR:
        a->dfr = value | 0x0fffffff;
        break;
    case REG_SVR:
        set_svr(a, value);
        break;
    case REG_ESR:
        a->esr = a->esr_pending;
        a->esr_pending = 0;
        break;
    case REG_ICR:
        a->icr = (a->icr & ~UINT64_C(0xffffffff)) | (value & 0xccfff);
        send(d, c);
        break;
    case REG_ICR_HIGH:
        a->icr = (uint32_t)a->icr | (uint64_t)(value & 0xff000000) << 32;
        break;
    case REG_INITIAL:
        if (timer_mode(a) == TIMER_DEADLINE)
            break;
        a->initial = value;
        a->start = d->b.time;
        a->counting = value != 0;
        break;
    case REG_DIVIDE:
        set_divide(a, value, d->b.time);
        break;
    default:
        return false;
    }
    return true;
}

bool apic_at(const struct cpu *c, uint64_t address) {
    uint64_t base = has_base_msr(c) ? c->apic_base & ~UINT64_C(0xfff) : 0xfee00000;
    return enabled(c) && !in_x2apic(c) && address - base < 0x1000;
}

/* A register that does not exist: "Error Handling", illegal register address. */
uint32_t apic_read(struct devices *d, struct cpu *c, uint32_t offset) {
    uint32_t value = 0;
    if (!read_register(d, c, offset & 0xff0, &value))
        error(d, ESR_REGISTER);
    return value;
}

void apic_write(struct devices *d, struct cpu *c, uint32_t offset, uint32_t value) {
    if (!write_register(d, c, offset & 0xff0, value))
        error(d, ESR_REGISTER);
}

/* ---- MSRs ---- */

/* IA32_APIC_BASE: "x2APIC State Transitions". Disabling resets the APIC. */
static bool write_base(struct devices *d, struct cpu *c, uint64_t value) {
    uint64_t allowed = ((c->physical_limit - 1) & ~UINT64_C(0xfff)) | 1 << 8 | BASE_EN;
    if (cpu_has(c, FEATURE_X2APIC))
        allowed |= BASE_EXTD;
    uint64_t from = c->apic_base & (BASE_EN | BASE_EXTD), to = value & (BASE_EN | BASE_EXTD);
    if ((value & ~allowed) || to == BASE_EXTD)
        return false;
    if (from == (BASE_EN | BASE_EXTD) && to == BASE_EN)
        return false;
    if (from == 0 && to == (BASE_EN | BASE_EXTD))
        return false;
    if (from && !to)
        apic_reset(d);
    c->apic_base = value;
    return true;
}

static bool x2apic_read(struct devices *d, struct cpu *c, uint32_t index, uint64_t *value) {
    uint32_t offset = (index - MSR_X2APIC) << 4, low;
    switch (offset) { /* not there, or write-only */
    case REG_APR:
    case REG_EOI:
    case REG_DFR:
    case REG_ICR_HIGH:
    case REG_SELF:
        return false;
    default:
        break;
    }
    if (offset > REG_SELF || !read_register(d, c, offset, &low))
        return false;
    *value = offset == REG_ICR ? d->b.apic.icr : low;
    return true;
}

/* Reserved bits must be written as zeros: "x2APIC Register Address Space" and "Reserved Bit Checking". */
static bool x2apic_write(struct devices *d, struct cpu *c, uint32_t index, uint64_t value) {
    uint32_t offset = (index - MSR_X2APIC) << 4;
    uint64_t allowed = 0;
    if (offset >= REG_LVT && offset < REG_LVT + 16 * LVT_COUNT)
        allowed = lvt_writable[(offset - REG_LVT) / 16] | LVT_STATUS | LVT_REMOTE_IRR;
    else
        switch (offset) {
        case REG_TPR:
        case REG_SELF:
            allowed = 0xff;
            break;
        case REG_EOI:
        case REG_ESR:
            break;
        case REG_SVR:
            allowed = 0x1ff;
            break;
        case REG_ICR:
            allowed = UINT64_C(0xffffffff000cdfff);
            break;
        case REG_INITIAL:
            allowed = UINT32_MAX;
            break;
        case REG_DIVIDE:
            allowed = 11;
            break;
        default:
            return false;
        }
    if (value & ~allowed)
        return false;
    if (offset == REG_SELF) {
        d->b.apic.icr = (value & 0xff) | SHORTHAND_SELF << 18;
        send(d, c);
    } else if (offset == REG_ICR) {
        d->b.apic.icr = value & ~(uint64_t)LVT_STATUS;
        send(d, c);
    } else {
        write_register(d, c, offset, (uint32_t)value);
    }
    return true;
}

bool apic_msr_read(struct devices *d, struct cpu *c, uint32_t index, uint64_t *value) {
    if (index == MSR_BASE)
        *value = c->apic_base;
    else if (index == MSR_DEADLINE)
        *value = d->b.apic.deadline;
    else
        return in_x2apic(c) && x2apic_read(d, c, index, value);
    return true;
}

bool apic_msr_write(struct devices *d, struct cpu *c, uint32_t index, uint64_t value) {
    if (index == MSR_BASE)
        return write_base(d, c, value);
    if (index != MSR_DEADLINE)
        return in_x2apic(c) && x2apic_write(d, c, index, value);
    if (timer_mode(&d->b.apic) == TIMER_DEADLINE)
        d->b.apic.deadline = value;
    return true;
}
