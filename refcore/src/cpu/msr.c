/* SPDX-License-Identifier: BSD-2-Clause */
/* msr.c - RDMSR and WRMSR. Simple registers are rows of msr.def; here are those with rules of their own. */
#include "msr.h"
#include "bus.h"
#include "reset.h"

#include <string.h>

enum kind { PLAIN, LOW32, ADDRESS, READ_ONLY, IGNORE, SPECIAL };
enum { ANY = -1, INTEL = VENDOR_INTEL, AMD = VENDOR_AMD };

struct msr_row {
    uint32_t index;
    uint16_t feature;
    uint8_t kind;
    int8_t vendor;
    uint32_t offset; /* in struct cpu */
    uint64_t mask, reset;
};

static const struct msr_row table[] = {
#define none retired /* never touched: rows without a field have a kind that keeps nothing */
#define MSR(index, name, field, kind, mask, reset, vendors, feature)                                         \
    {index, FEATURE_##feature, kind, vendors, (uint32_t)offsetof(struct cpu, field), mask, reset},
#include "msr.def"
#undef MSR
#undef none
};
enum { ROWS = sizeof table / sizeof table[0] };

static bool keeps(const struct msr_row *row) {
    return row->offset != offsetof(struct cpu, retired);
}
static uint64_t field_get(const struct cpu *c, const struct msr_row *row) {
    uint64_t value = row->reset;
    if (keeps(row))
        memcpy(&value, (const char *)c + row->offset, 8);
    return value;
}
static void field_set(struct cpu *c, const struct msr_row *row, uint64_t value) {
    if (keeps(row))
        memcpy((char *)c + row->offset, &value, 8);
}

/* The rows are sorted by index. */
static const struct msr_row *find(const struct cpu *c, uint32_t index) {
    unsigned low = 0, high = ROWS;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (table[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == ROWS || table[low].index != index)
        return 0;
    const struct msr_row *row = &table[low];
    if (!cpu_has(c, FEATURE_MSR) || !cpu_has(c, (enum feature)row->feature) ||
        (row->vendor != ANY && row->vendor != (int)c->profile->vendor))
        return 0;
    return row;
}

void msr_reset(struct cpu *c) {
    for (unsigned i = 0; i < ROWS; i++)
        if (cpu_has(c, (enum feature)table[i].feature) &&
            (table[i].vendor == ANY || table[i].vendor == (int)c->profile->vendor))
            field_set(c, &table[i], table[i].reset);
    if (c->profile->vendor == VENDOR_INTEL && cpu_has(c, FEATURE_X2APIC))
        c->mtrr_cap = 0x50a; /* ten variable ranges, fixed ranges, write combining */
    memset(c->msr_places, 0, sizeof c->msr_places);
    memset(c->mtrr_fixed, 0, sizeof c->mtrr_fixed);
    memset(c->mtrr_base, 0, sizeof c->mtrr_base);
    memset(c->mtrr_mask, 0, sizeof c->mtrr_mask);
    memset(c->mc_bank, 0, sizeof c->mc_bank);
}

/* ---- memory types: SDM Vol. 3A, "Memory Type Range Registers (MTRRs)", "Page Attribute Table (PAT)" ---- */

static bool type_valid(uint64_t type, bool pat) {
    return type <= 6 ? type != 2 && type != 3 : pat && type == 7;
}

static bool types_valid(uint64_t value, bool pat) {
    for (unsigned i = 0; i < 8; i++)
        if (!type_valid(value >> (8 * i) & 0xff, pat))
            return false;
    return true;
}

/* The variable and fixed range registers; NULL: none of them. */
static uint64_t *mtrr_at(struct cpu *c, uint32_t index) {
    unsigned variable = (unsigned)(c->mtrr_cap & 0xff);
    if (!cpu_has(c, FEATURE_MTRR))
        return 0;
    if (index >= 0x200 && index < 0x200 + 2 * variable)
        return index & 1 ? &c->mtrr_mask[(index - 0x200) / 2] : &c->mtrr_base[(index - 0x200) / 2];
    if (index == 0x250)
        return &c->mtrr_fixed[0];
    if (index == 0x258 || index == 0x259)
        return &c->mtrr_fixed[1 + index - 0x258];
    if (index >= 0x268 && index <= 0x26f)
        return &c->mtrr_fixed[3 + index - 0x268];
    return 0;
}

static bool mtrr_write(struct cpu *c, uint32_t index, uint64_t value) {
    if (index >= 0x250) {
        if (!types_valid(value, false))
            return false;
    } else {
        uint64_t low = index & 1 ? 0x7ff : 0xf00;
        if ((value & ~(c->physical_limit - 1)) || (value & low) ||
            (!(index & 1) && !type_valid(value & 0xff, false)))
            return false;
    }
    *mtrr_at(c, index) = value;
    return true;
}

/* ---- machine check banks: SDM Vol. 3B, "Machine-Check MSRs": a status register may only be cleared ---- */

static uint64_t *bank_at(struct cpu *c, uint32_t index) {
    if (!cpu_has(c, FEATURE_MCA) || index < 0x400 || index >= 0x400 + 4 * 10)
        return 0;
    return &c->mc_bank[index - 0x400];
}

/* IA32_EFER. SDM Vol. 3A, "Extended Feature Enable Register"; APM Vol. 2, "Extended Feature Enable Register
 * (EFER)". */
static bool efer_write(struct cpu *c, uint64_t value) {
    uint64_t allowed = EFER_SCE | EFER_LMA;
    if (cpu_has(c, FEATURE_LM))
        allowed |= EFER_LME;
    if (cpu_has(c, FEATURE_NX) && !(c->misc_enable >> 34 & 1))
        allowed |= EFER_NXE;
    if (cpu_has(c, FEATURE_SVM))
        allowed |= EFER_SVME;
    if (cpu_has(c, FEATURE_FFXSR))
        allowed |= EFER_FFXSR;
    if (value & ~allowed)
        return false;
    if (((value ^ c->efer) & EFER_LME) && (c->cr0 & CR0_PG))
        return false;
    /* LMA is read-only: AMD refuses another value, Intel ignores it. */
    if (((value ^ c->efer) & EFER_LMA) && c->profile->vendor == VENDOR_AMD)
        return false;
    value = (value & ~(uint64_t)EFER_LMA) | (c->efer & EFER_LMA);
    bool nx = (value ^ c->efer) & EFER_NXE;
    c->efer = value;
    if (nx)
        cpu_address_space(c);
    return true;
}

/* Bits that software may set; bits 7, 11 and 12 are read-only and ignored. SDM Vol. 4, IA32_MISC_ENABLE. */
static bool misc_enable_write(struct cpu *c, uint64_t value) {
    uint64_t writable = UINT64_C(1) << 0 | 1U << 3 | 1U << 16 | 1U << 18 | 1U << 22 | 1U << 23;
    uint64_t read_only = 1U << 7 | 1U << 11 | 1U << 12;
    if (cpu_has(c, FEATURE_NX))
        writable |= UINT64_C(1) << 34;
    writable |= UINT64_C(1) << 38;
    if (value & ~(writable | read_only))
        return false;
    c->misc_enable = (value & writable) | (c->misc_enable & read_only);
    return true;
}

static bool special_write(struct cpu *c, const struct msr_row *row, uint64_t value) {
    bool amd = c->profile->vendor == VENDOR_AMD;
    switch (row->index) {
    case 0x10:
        /* P5 and P6 family processors clear the upper half; SDM Vol. 3B, "Time-Stamp Counter" */
        c->tsc_offset = value - instructions(c);
        return true;
    case 0x1b:
        if (c->bus && c->bus->msr_write)
            return c->bus->msr_write(c->bus->device, c, row->index, value);
        c->apic_base = value;
        return true;
    case 0x79:
        return true;
    case 0x8b: /* written with 0 before CPUID tells the revision; AMD: read-only */
        if (amd)
            return false;
        c->bios_sign_id = value;
        return true;
    case 0x175:
    case 0x176:
        /* AMD has no 64-bit SYSENTER and drops the upper half. APM Vol. 2, "SYSENTER and SYSEXIT MSRs" */
        if (!amd && cpu_has(c, FEATURE_LM)) {
            if (!canonical_for_register(c, value))
                return false;
        } else {
            value = (uint32_t)value;
        }
        field_set(c, row, value);
        return true;
    case 0x1a0:
        return misc_enable_write(c, value);
    case 0x1d9:
        if (value & ~(amd ? UINT64_C(0x3f) : UINT64_C(0x5fc3)))
            return false;
        c->debugctl = value;
        return true;
    case 0x277:
        if (!types_valid(value, true))
            return false;
        c->pat = value;
        return true;
    case 0x2ff:
        if ((value & ~UINT64_C(0xcff)) || !type_valid(value & 0xff, false))
            return false;
        c->mtrr_def = value;
        return true;
    case 0x6e0:
        if (c->bus && c->bus->msr_write)
            return c->bus->msr_write(c->bus->device, c, row->index, value);
        c->tsc_deadline = value;
        return true;
    case 0xc0000080:
        return efer_write(c, value);
    case 0xc0000103: /* bits 63:32: reserved (SDM Vol. 4), ignored (APM Vol. 2) */
        if (!amd && value >> 32)
            return false;
        c->tsc_aux = (uint32_t)value;
        return true;
    default:
        return false;
    }
}

static bool x2apic_index(const struct cpu *c, uint32_t index) {
    return index >= 0x800 && index <= 0x8ff && cpu_has(c, FEATURE_X2APIC);
}

bool msr_read(struct cpu *c, uint32_t index, uint64_t *value) {
    const void *known = msr_place(c, index);
    if (known) {
        memcpy(value, known, 8);
        return true;
    }
    uint64_t *at = mtrr_at(c, index);
    if (!at)
        at = bank_at(c, index);
    if (at) {
        *value = *at;
        return true;
    }
    if (x2apic_index(c, index))
        return c->bus && c->bus->msr_read && c->bus->msr_read(c->bus->device, c, index, value);
    const struct msr_row *row = find(c, index);
    if (!row || index == 0x79)
        return false;
    if (index == 0x10)
        *value = cpu_tsc(c);
    else if ((index == 0x1b || index == 0x6e0) && c->bus && c->bus->msr_read)
        return c->bus->msr_read(c->bus->device, c, index, value);
    else
        *value = field_get(c, row);
    if (index != 0x10 && keeps(row))
        c->msr_places[msr_slot(index)] = (struct msr_place){index, row->offset};
    return true;
}

bool msr_write(struct cpu *c, uint32_t index, uint64_t value) {
    if (mtrr_at(c, index))
        return mtrr_write(c, index, value);
    uint64_t *bank = bank_at(c, index);
    if (bank) {
        bool may =
            value == 0 || (index & 3) == 0 ||
            (c->profile->vendor == VENDOR_AMD && (c->hwcr >> 18 & 1)); /* APM Vol. 2, HWCR.McStatusWrEn */
        if (may)
            *bank = value;
        return may;
    }
    if (x2apic_index(c, index))
        return c->bus && c->bus->msr_write && c->bus->msr_write(c->bus->device, c, index, value);
    const struct msr_row *row = find(c, index);
    if (!row)
        return false;
    switch ((enum kind)row->kind) {
    case PLAIN:
        if (value & ~row->mask)
            return false;
        break;
    case LOW32:
        value = (uint32_t)value;
        break;
    case ADDRESS:
        if (!canonical_for_register(c, value))
            return false;
        break;
    case READ_ONLY:
        return false;
    case IGNORE:
        return true;
    case SPECIAL:
        return special_write(c, row, value);
    }
    field_set(c, row, value);
    return true;
}
