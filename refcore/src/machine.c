/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.c - a machine: creation, loading, state, running. The public interface; see
 * include/refcore.h. */
#include "machine.h"

#include "cpu/msr.h"
#include "cpu/reset.h"
#include "load/load.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, MEMORY_GRAIN = 0x10000 };
#define MEMORY_MAX UINT64_C(0xc0000000)

const char *refcore_profile_name(unsigned index) {
    for (unsigned i = 0; i <= index; i++) {
        if (!profiles[i])
            return 0;
    }
    return profiles[index]->name;
}

const char *refcore_profile_title(const char *name) {
    const struct profile *p = profile_find(name);
    return p ? p->title : 0;
}

/* ---- creation ---- */

static bool processor_create(struct refcore *m, const struct profile *profile, uint64_t memory, int file) {
    m->devices = devices_create(memory);
    if (!m->devices || !physical_create(&m->physical, memory, file))
        return false;
    devices_set_memory(m->devices, (struct device_memory){.read = physical_read, .write = physical_write});
    m->cpu.profile = profile;
    m->cpu.physical = &m->physical;
    m->cpu.bus = devices_bus(m->devices);
    if (!blocks_create(&m->cpu))
        return false;
    cpu_reset(&m->cpu, profile);
    mode_replaced(&m->cpu);
    return true;
}

struct refcore *refcore_create_shared(const char *profile, uint64_t memory, int file) {
    const struct profile *p = profile_find(profile);
    if (!p || memory == 0 || memory > MEMORY_MAX)
        return 0;
    memory = (memory + MEMORY_GRAIN - 1) & ~(uint64_t)(MEMORY_GRAIN - 1);
    struct refcore *m = aligned_alloc(64, (sizeof *m + 63) & ~(size_t)63);
    if (!m)
        return 0;
    memset(m, 0, sizeof *m);
    if (!processor_create(m, p, memory, file)) {
        refcore_destroy(m);
        return 0;
    }
    return m;
}

struct refcore *refcore_create(const char *profile, uint64_t memory) {
    return refcore_create_shared(profile, memory, -1);
}

void refcore_destroy(struct refcore *m) {
    if (!m)
        return;
    refcore_snapshot_free(m->baseline);
    blocks_destroy(&m->cpu);
    physical_destroy(&m->physical);
    devices_destroy(m->devices);
    free(m);
}

void refcore_reset(struct refcore *m) {
    devices_reset(m->devices);
    cpu_a20(&m->cpu, true);
    cpu_reset(&m->cpu, m->cpu.profile);
    tlb_flush(&m->cpu, true);
    blocks_flush(&m->cpu);
    mode_replaced(&m->cpu);
    m->stop = false;
}

/* ---- loading ---- */

const char *refcore_load_rom(struct refcore *m, const void *image, size_t size) {
    if (!physical_set_rom(&m->physical, image, size))
        return "a ROM image is a multiple of 64 KiB and at most 2 MiB";
    tlb_flush(&m->cpu, true);
    blocks_flush(&m->cpu);
    return 0;
}

const char *refcore_load_multiboot(struct refcore *m, const void *kernel, size_t size,
                                   const char *command_line, const struct refcore_module *modules,
                                   unsigned module_count) {
    struct load_module list[LOAD_MODULES_MAX];
    if (module_count > LOAD_MODULES_MAX)
        return "too many modules";
    for (unsigned i = 0; i < module_count; i++)
        list[i] = (struct load_module){modules[i].bytes, modules[i].size, modules[i].command_line};
    struct load_start start;
    const char *error = load_multiboot(m->physical.ram, m->physical.ram_size, kernel, size, command_line,
                                       list, module_count, &start);
    if (error)
        return error;
    load_enter_multiboot(&m->cpu, &start);
    for (unsigned i = 0; i < SEG_COUNT; i++)
        segment_derive(&m->cpu.seg[i]);
    tlb_flush(&m->cpu, true);
    mode_replaced(&m->cpu);
    return 0;
}

const char *refcore_load_disk(struct refcore *m, const void *image, size_t size) {
    const char *error = load_disk(m->physical.ram, m->physical.ram_size, m->devices, image, size);
    if (error)
        return error;
    load_enter_disk(&m->cpu);
    tlb_flush(&m->cpu, true);
    mode_replaced(&m->cpu);
    return 0;
}

/* ---- state ---- */

static struct refcore_segment segment_out(const struct segment *s) {
    return (struct refcore_segment){
        .selector = s->selector, .rights = s->rights, .limit = s->limit, .base = s->base, .null = s->null};
}

static struct segment segment_in(const struct refcore_segment *s) {
    struct segment to = {.selector = s->selector,
                         .rights = (uint16_t)(s->rights & 0xf0ff),
                         .limit = s->limit,
                         .base = s->base,
                         .null = s->null};
    segment_derive(&to);
    return to;
}

void refcore_get_state(struct refcore *m, struct refcore_state *to) {
    const struct cpu *c = &m->cpu;
    memset(to, 0, sizeof *to);
    memcpy(to->gpr, c->r, sizeof to->gpr);
    to->rip = c->rip;
    to->rflags = flags_get(c);
    for (unsigned i = 0; i < 8; i++)
        to->segment[i] = segment_out(&c->seg[i]);
    to->gdtr_base = c->gdtr.base;
    to->gdtr_limit = c->gdtr.limit;
    to->idtr_base = c->idtr.base;
    to->idtr_limit = c->idtr.limit;
    to->cr0 = c->cr0;
    to->cr2 = c->cr2;
    to->cr3 = c->cr3;
    to->cr4 = c->cr4;
    to->cr8 = c->bus->task_priority_read(c->bus->device, &m->cpu);
    to->xcr0 = c->xcr0;
    to->efer = c->efer;
    memcpy(to->pdpte, c->pdpte, sizeof to->pdpte);
    memcpy(to->dr, c->dr, sizeof to->dr);
    to->dr6 = c->dr6;
    to->dr7 = c->dr7;
    to->pkru = c->pkru;
    to->mxcsr = c->mxcsr;
    to->cpl = c->cpl;
    to->fcw = c->x87.control;
    to->fsw = c->x87.status;
    to->fop = c->x87.opcode;
    to->fcs = c->x87.cs;
    to->fds = c->x87.ds;
    to->ftw = c->x87.tags;
    to->fip = c->x87.ip;
    to->fdp = c->x87.dp;
    for (unsigned i = 0; i < 8; i++) {
        const struct x87_register *r = &c->x87.r[(i + (c->x87.status >> 11)) & 7];
        to->st[i].significand = r->significand;
        to->st[i].sign_exponent = r->sign_exponent;
    }
    memcpy(to->ymm, c->v, sizeof to->ymm);
    to->instructions = c->retired;
    to->halted = c->run_state == RUN_HALT;
    to->shutdown = c->run_state == RUN_SHUTDOWN;
}

bool refcore_set_state(struct refcore *m, const struct refcore_state *from) {
    struct cpu *c = &m->cpu;
    bool long_active = (from->efer & EFER_LME) && (from->cr0 & CR0_PG);
    if ((from->cr0 & CR0_PG && !(from->cr0 & CR0_PE)) || from->cpl > 3 ||
        long_active != ((from->efer & EFER_LMA) != 0) || (long_active && !(from->cr4 & CR4_PAE)))
        return false;
    memcpy(c->r, from->gpr, sizeof from->gpr);
    c->rip = from->rip;
    flags_set(c, from->rflags);
    for (unsigned i = 0; i < 8; i++)
        c->seg[i] = segment_in(&from->segment[i]);
    c->gdtr.base = from->gdtr_base;
    c->gdtr.limit = from->gdtr_limit;
    c->idtr.base = from->idtr_base;
    c->idtr.limit = from->idtr_limit;
    c->cr0 = from->cr0;
    c->cr2 = from->cr2;
    c->cr3 = from->cr3;
    c->cr4 = from->cr4;
    c->bus->task_priority_write(c->bus->device, c, from->cr8 & 15);
    c->xcr0 = from->xcr0;
    c->efer = from->efer;
    memcpy(c->pdpte, from->pdpte, sizeof c->pdpte);
    memcpy(c->dr, from->dr, sizeof c->dr);
    c->dr6 = from->dr6;
    c->dr7 = from->dr7;
    c->pkru = from->pkru;
    c->mxcsr = from->mxcsr & c->profile->mxcsr_mask;
    c->cpl = from->cpl;
    c->x87.control = from->fcw;
    c->x87.status = from->fsw;
    c->x87.opcode = from->fop;
    c->x87.cs = from->fcs;
    c->x87.ds = from->fds;
    c->x87.tags = from->ftw;
    c->x87.ip = from->fip;
    c->x87.dp = from->fdp;
    for (unsigned i = 0; i < 8; i++) {
        struct x87_register *r = &c->x87.r[(i + (from->fsw >> 11)) & 7];
        r->significand = from->st[i].significand;
        r->sign_exponent = from->st[i].sign_exponent;
    }
    memcpy(c->v, from->ymm, sizeof from->ymm);
    c->run_state = from->shutdown ? RUN_SHUTDOWN : from->halted ? RUN_HALT : RUN_NORMAL;
    c->shadow = 0;
    c->pending_debug = 0;
    c->delivering = (struct event){.kind = EVENT_NONE};
    tlb_flush(c, true);
    mode_replaced(c);
    return true;
}

bool refcore_read_msr(struct refcore *m, uint32_t index, uint64_t *value) {
    return msr_read(&m->cpu, index, value);
}

bool refcore_write_msr(struct refcore *m, uint32_t index, uint64_t value) {
    bool done = msr_write(&m->cpu, index, value);
    mode_changed(&m->cpu);
    return done;
}

/* Page by page, and never a device: reading one would change the machine. */
void refcore_read_memory(struct refcore *m, uint64_t address, void *to, size_t size) {
    uint8_t *out = to;
    while (size) {
        size_t part = PAGE - (size_t)(address % PAGE);
        part = part < size ? part : size;
        const uint8_t *page = physical_page(&m->cpu, address & ~(uint64_t)(PAGE - 1), ACCESS_READ);
        if (page)
            memcpy(out, page + address % PAGE, part);
        else
            memset(out, 0xff, part);
        address += part;
        out += part;
        size -= part;
    }
}

void refcore_write_memory(struct refcore *m, uint64_t address, const void *from, size_t size) {
    const uint8_t *in = from;
    while (size) {
        size_t part = PAGE - (size_t)(address % PAGE);
        part = part < size ? part : size;
        if (physical_page(&m->cpu, address & ~(uint64_t)(PAGE - 1), ACCESS_WRITE))
            physical_write(&m->cpu, address, in, part);
        address += part;
        in += part;
        size -= part;
    }
}

/* ---- running ---- */

enum refcore_end refcore_run(struct refcore *m, uint64_t limit) {
    if (m->cpu.run_state == RUN_STOP)
        m->cpu.run_state = RUN_NORMAL;
    switch (blocks_run(&m->cpu, limit)) {
    case RUN_END_LIMIT:
        return REFCORE_LIMIT;
    case RUN_END_HALT:
        return REFCORE_HALT;
    case RUN_END_SHUTDOWN:
        return REFCORE_SHUTDOWN;
    case RUN_END_STOP:
        break;
    }
    bool stopped = m->stop;
    m->stop = false;
    return stopped ? REFCORE_STOPPED : REFCORE_EXIT;
}

int refcore_exit_code(const struct refcore *m) {
    return devices_exit_code(m->devices);
}

void refcore_stop(struct refcore *m) {
    m->stop = true;
    m->cpu.run_state = RUN_STOP;
    /* the quantum ends here; what has run of it stays counted */
    m->cpu.quantum -= m->cpu.left;
    m->cpu.left = 0;
}

/* ---- hooks ---- */

static void instruction_hook(void *context, struct cpu *c, const struct insn *i) {
    struct refcore *m = context;
    struct refcore_state state;
    char text[96];
    (void)c;
    refcore_get_state(m, &state);
    disassemble(i, state.rip, text, sizeof text);
    m->hooks.instruction(m->hooks.context, &state, i->length, text);
}

static bool event_seen(void *context, const struct event *e, bool delivered) {
    struct refcore *m = context;
    const struct refcore_event seen = {.kind = (enum refcore_event_kind)e->kind,
                                       .vector = e->vector,
                                       .has_error = e->has_error,
                                       .error = e->error,
                                       .next_rip = m->cpu.next_rip};
    return m->hooks.event(m->hooks.context, &seen, delivered);
}

void refcore_set_hooks(struct refcore *m, const struct refcore_hooks *hooks) {
    m->hooks = hooks ? *hooks : (struct refcore_hooks){0};
    devices_set_outlets(m->devices, (struct device_outlets){.context = m->hooks.context,
                                                            .debug_byte = m->hooks.debug_byte,
                                                            .serial_byte = m->hooks.serial_byte,
                                                            .serial_input = m->hooks.serial_input,
                                                            .port_in = m->hooks.port_in,
                                                            .port_out = m->hooks.port_out,
                                                            .port_seen = m->hooks.port_seen});
    m->cpu.event_hook = m->hooks.event ? event_seen : 0;
    m->cpu.event_context = m;
    blocks_set_hook(&m->cpu, m->hooks.instruction ? instruction_hook : 0, m);
}

#ifdef REFCORE_DEFECTS
int refcore_set_defect(struct refcore *m, const char *name) {
    static const char *const names[] = {"none",
#define DEFECT_TEXT(id, name) name,
                                        DEFECTS(DEFECT_TEXT)};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            m->cpu.defect = (enum defect)i;
            return 1;
        }
    }
    return 0;
}
#endif
