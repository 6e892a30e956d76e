/* SPDX-License-Identifier: BSD-2-Clause */
/* model.c - the model `x86emu`: libx86emu, an interpreter of real mode and unpaged protected mode. It shows how a model is written
 * (docs/model-abi.md): one file, the emulator's own API, no knowledge of the host.
 *
 * libx86emu goes through the vector table or IDT by itself, so a run ends where the kit's code begins. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86emu.h>

#include "ringdiff_model.h"

struct model {
    struct ringdiff_machine machine;
    x86emu_t *emu;
    struct ringdiff_state state;
    const struct ringdiff_run_limits *limits;
    bool captured;
    uint32_t captured_at; /* linear */
};
static const char *reason = "";

const struct ringdiff_info *ringdiff_info(void) {
    static const struct ringdiff_info info = {
        .abi = RINGDIFF_MODEL_ABI,
        .modes = RINGDIFF_REAL | RINGDIFF_UNREAL | RINGDIFF_PM16 | RINGDIFF_PM32,
        .can = RINGDIFF_CAN_DELIVER | RINGDIFF_CAN_IO | RINGDIFF_CAN_HIDDEN,
        .cpls = 1 << 0, /* its protected mode has no stack switch */
        .name = "x86emu",
        .version = "3",
        .detail = "libx86emu: an interpreter for firmware, integer instructions, no paging",
    };
    return &info;
}

/* ---- memory and ports ---- */

static bool in_capture(const struct model *m, uint32_t address) {
    for (uint32_t i = 0; i < m->limits->captures; i++)
        if (address >= m->limits->capture[i].first && address <= m->limits->capture[i].last)
            return true;
    return false;
}

static void memory(const struct model *m, uint32_t address, u32 *value, unsigned size, bool write) {
    uint32_t read = 0;
    for (unsigned i = 0; i < size; i++) {
        uint8_t *at = m->machine.ram + address + i;
        const bool there = (uint64_t)address + i < m->machine.ram_size;
        if (there && write)
            *at = (uint8_t)(*value >> 8 * i);
        read |= (uint32_t)(there ? *at : 0xff) << 8 * i;
    }
    if (!write)
        *value = read;
}

/* Every access of the emulator comes here. The first byte of the kit's code reads as NOP, and the run ends behind it. */
static unsigned on_access(x86emu_t *emu, u32 address, u32 *value, unsigned type) {
    struct model *m = emu->_private;
    const unsigned width = type & 0xff, size = width == X86EMU_MEMIO_32   ? 4
                                               : width == X86EMU_MEMIO_16 ? 2
                                                                          : 1;
    switch (type & ~0xffU) {
    case X86EMU_MEMIO_I:
        *value = m->machine.in(m->machine.context, (uint16_t)address, size);
        break;
    case X86EMU_MEMIO_O:
        m->machine.out(m->machine.context, (uint16_t)address, size, *value);
        break;
    case X86EMU_MEMIO_X:
        if (m->captured || in_capture(m, address)) {
            if (!m->captured)
                m->captured_at = address;
            m->captured = true;
            *value = 0x90;
            x86emu_stop(emu);
            break;
        }
        memory(m, address, value, size, false);
        break;
    default:
        memory(m, address, value, size, (type & ~0xffU) == X86EMU_MEMIO_W);
    }
    return 0;
}

/* ---- state ---- */

static unsigned access_of(unsigned rights) {
    return (rights & 0xff) | (rights >> 4 & 0xf00);
}
static uint16_t rights_of(unsigned access) {
    return (uint16_t)((access & 0xff) | (access & 0xf00) << 4);
}

static void put_segment(sel_t *to, const struct ringdiff_segment *from) {
    to->sel = from->selector;
    to->base = (u32)from->base;
    to->limit = from->limit;
    to->acc = (u16)access_of(from->rights);
}
static void get_segment(struct ringdiff_segment *to, const sel_t *from, bool real) {
    to->selector = from->sel;
    to->base = from->base;
    to->limit = from->limit;
    to->rights = rights_of(from->acc);
    to->null = !real && (from->sel & 0xfffc) == 0;
}

/* The emulator's general registers in the manual's order. */
static void list_registers(x86emu_regs_t *r, u32 *list[8]) {
    u32 *const order[8] = {&r->R_EAX, &r->R_ECX, &r->R_EDX, &r->R_EBX,
                           &r->R_ESP, &r->R_EBP, &r->R_ESI, &r->R_EDI};
    memcpy(list, order, sizeof order);
}

bool ringdiff_set_state(void *model, const struct ringdiff_state *state) {
    struct model *m = model;
    x86emu_regs_t *r = &m->emu->x86;
    u32 *gpr[8];
    x86emu_reset(m->emu);
    list_registers(r, gpr);
    for (unsigned i = 0; i < 8; i++)
        *gpr[i] = (u32)state->gpr[i];
    r->R_EIP = (u32)state->rip;
    r->R_EFLG = (u32)state->rflags;
    for (unsigned i = 0; i < 6; i++)
        put_segment(&r->seg[i], &state->segment[i]);
    put_segment(&r->ldt, &state->segment[6]);
    put_segment(&r->tr, &state->segment[7]);
    r->R_GDT_BASE = (u32)state->gdtr_base, r->R_GDT_LIMIT = state->gdtr_limit;
    r->R_IDT_BASE = (u32)state->idtr_base, r->R_IDT_LIMIT = state->idtr_limit;
    r->R_CR0 = (u32)state->cr0, r->R_CR2 = (u32)state->cr2;
    r->R_CR3 = (u32)state->cr3, r->R_CR4 = (u32)state->cr4;
    for (unsigned i = 0; i < 4; i++)
        r->drx[i] = (u32)state->dr[i];
    r->R_DR6 = (u32)state->dr6, r->R_DR7 = (u32)state->dr7;
    m->state = *state;
    return true;
}

void ringdiff_get_state(void *model, struct ringdiff_state *state) {
    struct model *m = model;
    x86emu_regs_t *r = &m->emu->x86;
    const bool real = !(r->R_CR0 & 1);
    u32 *gpr[8];
    list_registers(r, gpr);
    *state = m->state;
    for (unsigned i = 0; i < 8; i++)
        state->gpr[i] = *gpr[i];
    state->rip = r->R_EIP;
    state->rflags = r->R_EFLG;
    for (unsigned i = 0; i < 6; i++)
        get_segment(&state->segment[i], &r->seg[i], real);
    get_segment(&state->segment[6], &r->ldt, false);
    get_segment(&state->segment[7], &r->tr, false);
    state->gdtr_base = r->R_GDT_BASE, state->gdtr_limit = (uint16_t)r->R_GDT_LIMIT;
    state->idtr_base = r->R_IDT_BASE, state->idtr_limit = (uint16_t)r->R_IDT_LIMIT;
    state->cr0 = r->R_CR0, state->cr2 = r->R_CR2, state->cr3 = r->R_CR3, state->cr4 = r->R_CR4;
    for (unsigned i = 0; i < 4; i++)
        state->dr[i] = r->drx[i];
    state->dr6 = r->R_DR6, state->dr7 = r->R_DR7;
    state->cpl = real ? 0 : r->R_CS & 3;
}

void ringdiff_memory_changed(void *model, uint64_t address, uint64_t size) {
    (void)model, (void)address, (void)size; /* an interpreter: nothing is cached */
}

/* ---- running ---- */

enum ringdiff_end ringdiff_run(void *model, const struct ringdiff_run_limits *limits,
                               struct ringdiff_event *event) {
    struct model *m = model;
    (void)event;
    if (limits->interrupt >= 0) {
        reason = "libx86emu has no external interrupts";
        return RINGDIFF_LACKS;
    }
    m->limits = limits;
    m->captured = false;
    m->emu->max_instr = limits->instructions;
    const unsigned ended = x86emu_run(m->emu, X86EMU_RUN_MAX_INSTR);
    if (m->captured) {
        m->emu->x86.R_EIP = m->captured_at - m->emu->x86.R_CS_BASE;
        return RINGDIFF_CAPTURE;
    }
    return ended & X86EMU_RUN_MAX_INSTR ? RINGDIFF_LIMIT : RINGDIFF_HALTED;
}

/* ---- creation ---- */

void *ringdiff_create(const struct ringdiff_machine *machine) {
    struct model *m = calloc(1, sizeof *m);
    if (m)
        m->emu = x86emu_new(X86EMU_PERM_RWX, X86EMU_PERM_RW);
    if (!m || !m->emu) {
        reason = "no memory";
        free(m);
        return 0;
    }
    m->machine = *machine;
    m->emu->_private = m;
    x86emu_set_memio_handler(m->emu, on_access);
    return m;
}

void ringdiff_destroy(void *model) {
    struct model *m = model;
    x86emu_done(m->emu);
    free(m);
}

const char *ringdiff_reason(void *model) {
    (void)model;
    return reason;
}
