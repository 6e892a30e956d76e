/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_core.c - the core as Linux would run it at CPL 3, and a profile made of the host's CPUID. */
#include "silicon_core.h"
#include "block.h"
#include "cpu/reset.h"
#include "dev/devices.h"

#include <cpuid.h>
#include <stdlib.h>

/* physical layout: tables first, then the guest's pages */
enum {
    RAM = 1 << 20,
    PML4 = 0x1000,
    PDPT = 0x2000,
    PD = 0x3000,
    TABLES = 0x4000,
    TSS_AT = 0x8000,
    KERNEL_PDPT = 0x9000,
    KERNEL_PD = 0xa000,
    IMAGE_AT = 0x10000,
};
enum { PTE_P = 1, PTE_W = 2, PTE_U = 4, PTE_A = 0x20, PTE_D = 0x40 };
/* A TSS without an I/O bitmap (SDM Vol. 1, "I/O Permission Bit Map"), on a supervisor page of the upper half:
 * there no address of a user program's, however random, is one that the two sides map differently. */
#define TSS_BASE UINT64_C(0xffff800000000000)
enum { TSS_LIMIT = 0x67, TSS_IO_MAP = 0x66 };
#define PTE_NX (UINT64_C(1) << 63)

static struct {
    struct cpu *cpu;
    struct physical physical;
} core;

/* ---- the host as a profile ---- */

/* Bits of a linear address that the processor has. CPUID may hide LA57; of the x87 pointers of a pending exception FXRSTOR
 * keeps as many, whatever the paging. */
static unsigned host_linear_bits(void) {
    enum { FCW = 0, FSW = 2, FIP = 8, INVALID_UNMASKED = 0x37e, INVALID_PENDING = 0x81 };
    static _Alignas(16) uint8_t image[512];
    const uint16_t fcw = INVALID_UNMASKED, fsw = INVALID_PENDING;
    uint64_t fip = UINT64_C(1) << 48;
    __asm__ volatile("fxsave64 %0" : "=m"(image));
    memcpy(image + FCW, &fcw, sizeof fcw);
    memcpy(image + FSW, &fsw, sizeof fsw);
    memcpy(image + FIP, &fip, sizeof fip);
    __asm__ volatile("fxrstor64 %0\n\tfxsave64 %0\n\tfninit" : "+m"(image));
    memcpy(&fip, image + FIP, sizeof fip);
    return fip ? 57 : 48;
}

const struct profile *core_host_profile(void) {
    static struct profile host;
    static const struct {
        uint32_t leaf, subleaf;
        unsigned reg, bit;
    } where[] = {
        {0, 0, 0, 0}, /* FEATURE_ALWAYS */
#define EAX                                        0
#define EBX                                        1
#define ECX                                        2
#define EDX                                        3
#define FEATURE(name, leaf_, subleaf_, reg_, bit_) [FEATURE_##name] = {leaf_, subleaf_, reg_, bit_},
#include "cpu/features.def"
#undef FEATURE
#undef EAX
#undef EBX
#undef ECX
#undef EDX
    };
    uint32_t r[4];
    char vendor[13] = {0};
    __cpuid(0, r[0], r[1], r[2], r[3]);
    memcpy(vendor, &r[1], 4);
    memcpy(vendor + 4, &r[3], 4);
    memcpy(vendor + 8, &r[2], 4);
    bool amd = strcmp(vendor, "AuthenticAMD") == 0;
    host = *profile_find(amd ? "zen" : "intel-max");
    host.name = host.title = "host";
    if (amd)
        host.linear_bits = host_linear_bits();
    memset(host.features, 0, sizeof host.features);
    for (unsigned f = 0; f < FEATURE_COUNT; f++) {
        bool has = where[f].leaf == 0;
        if (!has && __get_cpuid_count(where[f].leaf, where[f].subleaf, &r[0], &r[1], &r[2], &r[3]))
            has = r[where[f].reg] >> where[f].bit & 1;
        if (has)
            host.features[f / 64] |= UINT64_C(1) << (f % 64);
    }
    return &host;
}

/* ---- address space and segments ---- */

static void put64(uint64_t at, uint64_t value) {
    memcpy(core.physical.ram + at, &value, 8);
}

static void map_area(unsigned table, uint64_t linear, unsigned first, unsigned count, uint64_t rights) {
    uint64_t pt = TABLES + table * PAGE;
    put64(PD + (linear >> 21 & 511) * 8, pt | PTE_P | PTE_W | PTE_U | PTE_A);
    for (unsigned i = 0; i < count; i++)
        put64(pt + ((linear >> 12 & 511) + i) * 8,
              (IMAGE_AT + (first + i) * PAGE) | PTE_P | PTE_U | PTE_A | PTE_D | rights);
}

static void map_guest(void) {
    put64(PML4, PDPT | PTE_P | PTE_W | PTE_U | PTE_A);
    put64(PDPT, PD | PTE_P | PTE_W | PTE_U | PTE_A);
    map_area(0, CODE_BASE, CODE_AT, CODE_PAGES, 0);
    map_area(1, DATA_BASE, DATA_AT, READ_ONLY_PAGE, PTE_W | PTE_NX);
    map_area(1, DATA_BASE + READ_ONLY_PAGE * PAGE, DATA_AT + READ_ONLY_PAGE, 1, PTE_NX);
    uint16_t beyond = TSS_LIMIT + 1;
    memcpy(core.physical.ram + TSS_AT + TSS_IO_MAP, &beyond, 2);
    put64(PML4 + (TSS_BASE >> 39 & 511) * 8, KERNEL_PDPT | PTE_P | PTE_W | PTE_A);
    put64(KERNEL_PDPT, KERNEL_PD | PTE_P | PTE_W | PTE_A);
    put64(KERNEL_PD, (TABLES + 3 * PAGE) | PTE_P | PTE_W | PTE_A);
    put64(TABLES + 3 * PAGE, TSS_AT | PTE_P | PTE_W | PTE_A | PTE_D);
    map_area(2, STACK_BASE, STACK_AT, STACK_PAGES, PTE_W | PTE_NX);
}

bool core_start(const struct profile *p, const struct environment *e) {
    size_t size = (sizeof *core.cpu + 63) & ~(size_t)63;
    struct cpu *c = aligned_alloc(64, size);
    struct devices *devices = devices_create(RAM);
    if (!c || !devices || !physical_create(&core.physical, RAM, -1))
        return false;
    memset(c, 0, size);
    core.cpu = c;
    c->profile = p;
    c->physical = &core.physical;
    c->bus = devices_bus(devices);
    if (!blocks_create(c))
        return false;
    cpu_reset(c, p);
    map_guest();
    c->cr0 = CR0_PE | CR0_PG | CR0_WP | CR0_AM | CR0_NE | CR0_ET | CR0_MP;
    c->cr4 =
        CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_OSXSAVE | CR4_FSGSBASE | CR4_SMEP | CR4_SMAP | CR4_UMIP;
    c->cr3 = PML4;
    c->efer = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
    c->xcr0 = 7;
    c->cpl = 3;
    c->seg[SEG_TR] =
        (struct segment){.selector = 0x40, .rights = AR_P | 11, .limit = TSS_LIMIT, .base = TSS_BASE};
    for (unsigned i = SEG_ES; i <= SEG_GS; i++) {
        const struct segment_choice *s = &e->seg[i];
        c->seg[i] = (struct segment){.selector = s->selector,
                                     .rights = s->rights,
                                     .limit = s->limit,
                                     .base = s->base,
                                     .null = (s->selector & ~3) == 0};
        segment_derive(&c->seg[i]);
    }
    flags_set(c, FLAG_IF);
    tlb_flush(c, true);
    mode_replaced(c);
    return true;
}

uint32_t core_mode(void) {
    return core.cpu->mode;
}
uint8_t *core_memory(void) {
    return core.physical.ram + IMAGE_AT;
}

/* ---- one instruction ---- */

void core_step(const struct environment *e, const struct registers *in, struct registers *out) {
    struct cpu *c = core.cpu;
    memcpy(c->r, in->gpr, sizeof in->gpr);
    c->rip = in->rip;
    flags_set(c, in->rflags | FLAG_TF | FLAG_IF);
    c->x87.control = in->fcw;
    c->x87.status = in->fsw;
    c->x87.opcode = in->fop;
    c->x87.tags = in->ftw;
    c->x87.ip = in->fip;
    c->x87.dp = in->fdp;
    c->x87.cs = c->x87.ds = 0;
    for (unsigned i = 0; i < 8; i++)
        c->x87.r[(i + (in->fsw >> 11)) & 7] = in->st[i];
    memcpy(c->v, in->v, sizeof in->v);
    c->mxcsr = in->mxcsr;
    c->cr2 = 0;
    c->shadow = 0;
    c->pending_debug = 0;
    c->suppress_debug_trap = false;
    c->run_state = RUN_NORMAL;
    mode_changed(c);
    (void)e;

    bool completed = blocks_step(c);
    memcpy(out->gpr, c->r, sizeof out->gpr);
    out->rip = c->rip;
    out->rflags = flags_get(c);
    out->fcw = c->x87.control;
    out->fsw = c->x87.status;
    out->fop = c->x87.opcode;
    out->ftw = c->x87.tags;
    out->fip = c->x87.ip;
    out->fdp = c->x87.dp;
    for (unsigned i = 0; i < 8; i++)
        out->st[i] = c->x87.r[(i + (c->x87.status >> 11)) & 7];
    memcpy(out->v, c->v, sizeof out->v);
    out->mxcsr = c->mxcsr;
    out->es = c->seg[SEG_ES].selector;
    out->ds = c->seg[SEG_DS].selector;
    out->vector = completed ? NO_FAULT : c->raised.vector;
    out->error = completed || !c->raised.has_error ? 0 : c->raised.error;
    out->cr2 = c->cr2;
}
