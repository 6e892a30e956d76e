/* SPDX-License-Identifier: BSD-2-Clause */
/* control_write.h - the rules of writing CR0, CR3 and CR4: MOV to control registers, LMSW. SDM Vol. 2B,
 * MOV-Move to/from Control Registers, "Description" and exceptions; SDM Vol. 3A, "Control Registers",
 * "Paging-Mode Enabling"; APM Vol. 2, "Control Registers". All expect cpu_sync(); false: #GP(0), nothing
 * changed. */
#ifndef REFCORE_EXEC_CONTROL_WRITE_H
#define REFCORE_EXEC_CONTROL_WRITE_H

#include "privileged.h"

/* Reserved bits of CR0's low half keep their values whatever is written. ET is hard-wired since the 80486. */
static uint64_t cr0_defined(const struct cpu *c, uint64_t value) {
    uint64_t all = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET;
    if (cpu_has(c, FEATURE_I486)) {
        all |= CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD;
        value |= CR0_ET;
    }
    return value & (all | CR0_PG);
}

static bool pae_paging(uint64_t cr0, uint64_t cr4, uint64_t efer) {
    return (cr0 & CR0_PG) && (cr4 & CR4_PAE) && !(efer & EFER_LME);
}

static bool cr0_write(struct cpu *c, uint64_t value) {
    if (value >> 32)
        return false;
    value = cr0_defined(c, value);
    uint64_t changed = value ^ c->cr0;
    if ((value & CR0_PG) && !(value & CR0_PE))
        return false;
    if ((value & CR0_NW) && !(value & CR0_CD))
        return false;
    uint64_t efer = c->efer;
    if (changed & value & CR0_PG) {
        if (efer & EFER_LME) {
            /* activating IA-32e mode: PAE structures, a CS that is not 64-bit, a TSS that is not 16-bit */
            bool tss16 = (c->seg[SEG_TR].rights & AR_TYPE & ~2U) == 1;
            if (!(c->cr4 & CR4_PAE) || (c->seg[SEG_CS].rights & AR_L) || tss16)
                return false;
            efer |= EFER_LMA;
        }
    } else if (changed & CR0_PG) {
        if ((c->cr4 & CR4_PCIDE) || in_64bit_code(c))
            return false;
        efer &= ~(uint64_t)EFER_LMA;
    }
    if (pae_paging(value, c->cr4, efer) && (changed & (CR0_PG | CR0_CD | CR0_NW)) && !pdpte_load(c, c->cr3))
        return false;
    if (DEFECT(c, PE_DROPS_SEGMENTS) && (changed & value & CR0_PE)) {
        for (unsigned s = 0; s < SEG_COUNT; s++)
            if (s != SEG_CS && s != SEG_LDTR && s != SEG_TR)
                c->seg[s].base = 0;
    }
    c->cr0 = value;
    c->efer = efer;
    if (changed &
        (CR0_PG | CR0_PE | CR0_WP | CR0_CD | CR0_NW)) /* CD and NW: PDPTEs may have been loaded anew */
        tlb_flush(c, false);
    mode_changed(c);
    return true;
}

static bool cr3_write(struct cpu *c, uint64_t value) {
    /* with PCIDs bit 63 asks to keep translations and is not stored */
    if (c->cr4 & CR4_PCIDE)
        value &= ~(UINT64_C(1) << 63);
    if (in_long_mode(c) && (value & ~(c->physical_limit - 1)))
        return false;
    if (pae_paging(c->cr0, c->cr4, c->efer) && !pdpte_load(c, value))
        return false;
    c->cr3 = value;
    tlb_flush(c, false);
    return true;
}

/* A bit of CR4 is reserved unless its feature is there. */
static uint64_t cr4_defined(const struct cpu *c) {
    static const struct {
        uint32_t bit;
        uint16_t feature;
    } bits[] = {
        {CR4_VME | CR4_PVI, FEATURE_VME}, {CR4_TSD, FEATURE_TSC},    {CR4_DE, FEATURE_DE},
        {CR4_PSE, FEATURE_PSE},           {CR4_PAE, FEATURE_PAE},    {CR4_MCE, FEATURE_MCE},
        {CR4_PGE, FEATURE_PGE},           {CR4_PCE, FEATURE_MMX},    {CR4_OSFXSR, FEATURE_FXSR},
        {CR4_OSXMMEXCPT, FEATURE_SSE},    {CR4_UMIP, FEATURE_UMIP},  {CR4_LA57, FEATURE_LA57},
        {CR4_FSGSBASE, FEATURE_FSGSBASE}, {CR4_PCIDE, FEATURE_PCID}, {CR4_OSXSAVE, FEATURE_XSAVE},
        {CR4_SMEP, FEATURE_SMEP},         {CR4_SMAP, FEATURE_SMAP},  {CR4_PKE, FEATURE_PKU},
    };
    uint64_t defined = 0;
    for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++)
        if (cpu_has(c, (enum feature)bits[i].feature))
            defined |= bits[i].bit;
    return defined;
}

static bool cr4_write(struct cpu *c, uint64_t value) {
    if (value & ~cr4_defined(c))
        return false;
    uint64_t changed = value ^ c->cr4;
    if (in_long_mode(c) && (!(value & CR4_PAE) || (changed & CR4_LA57)))
        return false;
    if ((changed & value & CR4_PCIDE) && (!in_long_mode(c) || (c->cr3 & 0xfff)))
        return false;
    if (pae_paging(c->cr0, value, c->efer) && (changed & (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP)) &&
        !pdpte_load(c, c->cr3))
        return false;
    c->cr4 = value;
    if (changed & (CR4_PSE | CR4_PAE | CR4_PGE | CR4_PCIDE | CR4_SMEP | CR4_SMAP | CR4_PKE | CR4_LA57))
        tlb_flush(c, false);
    mode_changed(c);
    return true;
}

#endif
