/* assist.c - what the kit is helped with where KVM emulates instruction by instruction
   (docs/runner-protocol.md, Assistance).
   SPDX-License-Identifier: BSD-2-Clause

   None of this is under test: long compares and CRCs are slow there, UD2 is how a window ends, LAR and IRET
   are how the 32-bit kit finds a case's stack and opens a window at CPL 3.  The same instructions outside of
   the kit, UD2 excepted, are left to KVM. */
#include "runner.h"

#include <string.h>
#include <sys/ioctl.h>

#define KIT      0x400000u
#define KIT_SIZE 0x10000u

#define UD_VECTOR    6
#define CR0_PE       1u
#define CR0_PG       0x80000000u
#define EFER_LMA     (1u << 10)
#define FLAG_ZF      (1u << 6)
#define FLAG_VM      (1u << 17)
/* IRETD at CPL 0 loads all flags there are but the fixed ones. */
#define FLAGS_LOADED 0x003f7fd5u

/* The kit's addresses: its tables map the low half and the top 2 GiB to physical memory from 0. */
static uint8_t *kit_memory(const struct vm *vm, uint64_t address, uint64_t size) {
    address &= 0x7fffffff;
    if (address > vm->ram_size || size > vm->ram_size - address)
        leave(EXIT_EMULATOR, "the guest asks for help with what is not its memory");
    return vm->ram + address;
}

/* The kit's long compares: lines of 64 bytes at RSI and RDI, RCX bytes; on to the first line that differs. */
static void scan(struct vm *vm) {
    struct kvm_regs *regs = &vm->run->s.regs.regs;
    uint64_t left = regs->rcx & 0xffffffff & ~UINT64_C(63);
    const uint8_t *a = kit_memory(vm, regs->rsi, left), *b = kit_memory(vm, regs->rdi, left);

    for (; left && memcmp(a, b, 64) == 0; left -= 64, a += 64, b += 64) {
        regs->rsi += 64;
        regs->rdi += 64;
    }
    regs->rcx = left;
    vm->run->kvm_dirty_regs |= KVM_SYNC_X86_REGS;
}

/* The CRC of a frame: the bytes from RSI up to RDI, read as a dword. */
static void sum(struct vm *vm) {
    const struct kvm_regs *regs = &vm->run->s.regs.regs;
    uint64_t size = regs->rdi - regs->rsi;
    uint32_t crc = crc32(kit_memory(vm, regs->rsi, size), size);

    memcpy((uint8_t *)vm->run + vm->run->io.data_offset, &crc, sizeof crc);
}

struct delta {
    struct vm *vm;
    uint64_t at; /* the kit's address of the next pair */
    uint32_t first;
    bool update;
};

/* The words that differ in `length` bytes at `offset` of both areas. */
static void extent_delta(struct delta *delta, uint32_t offset, const uint8_t *area, uint8_t *copy,
                         uint32_t length) {
    uint32_t word = delta->vm->word_size;

    for (uint32_t at = 0; at < length; at += word) {
        uint16_t index = (uint16_t)(delta->first + (offset + at) / word);
        uint8_t *pair;
        if (memcmp(area + at, copy + at, word) == 0)
            continue;
        pair = kit_memory(delta->vm, delta->at, 2 + word);
        memcpy(pair, &index, 2);
        memcpy(pair + 2, area + at, word);
        delta->at += 2 + word;
        if (delta->update)
            memcpy(copy + at, area + at, word);
    }
}

/* A whole delta: ECX extents (u32 offset, u32 length) of the list at RSI, from RBX on, with their copies from
 * RDI on. */
static void list_delta(struct vm *vm) {
    struct kvm_regs *regs = &vm->run->s.regs.regs;
    uint32_t wanted = (uint32_t)regs->rax, count = (uint32_t)regs->rcx;
    const uint8_t *list = kit_memory(vm, regs->rsi, (uint64_t)count * 8);
    struct delta delta = {.vm = vm, .at = regs->rbp, .first = wanted >> 16, .update = wanted & DELTA_UPDATE};

    for (; count; count--, list += 8) {
        uint32_t extent[2];
        memcpy(extent, list, sizeof extent);
        extent[1] &= ~63u;
        extent_delta(&delta, extent[0], kit_memory(vm, regs->rbx + extent[0], extent[1]),
                     kit_memory(vm, regs->rdi + extent[0], extent[1]), extent[1]);
        if (delta.update)
            vm_host_writes(vm, (regs->rdi + extent[0]) & 0x7fffffff, extent[1]);
    }
    regs->rbp = delta.at;
    vm->run->kvm_dirty_regs |= KVM_SYNC_X86_REGS;
}

bool assist_is_port(const struct vm *vm) {
    const struct kvm_run *run = vm->run;

    if (run->io.direction == KVM_EXIT_IO_OUT)
        return run->io.port == SCAN_PORT || run->io.port == DELTA_PORT;
    return run->io.port == CRC_PORT && run->io.size == 4;
}

void assist_port(struct vm *vm) {
    if (vm->run->io.port == SCAN_PORT)
        scan(vm);
    else if (vm->run->io.port == DELTA_PORT)
        list_delta(vm);
    else
        sum(vm);
}

/* Four bytes at a linear address, or NULL where nothing is mapped or they lie in two pages. */
static uint8_t *linear(const struct vm *vm, const struct kvm_sregs *sregs, uint64_t address) {
    struct kvm_translation at = {.linear_address = address, .physical_address = address, .valid = 1};

    if (sregs->cr0 & CR0_PG && ioctl(vm->vcpu, KVM_TRANSLATE, &at) < 0)
        return NULL;
    if (address % 4096 > 4092 || !at.valid || at.physical_address > vm->ram_size - 4)
        return NULL;
    return vm->ram + at.physical_address;
}

static bool read_linear(const struct vm *vm, const struct kvm_sregs *sregs, uint64_t address,
                        uint32_t *value) {
    const uint8_t *bytes = linear(vm, sregs, address);
    if (bytes)
        memcpy(value, bytes, sizeof *value);
    return bytes != NULL;
}

/* The descriptor of a selector: SDM 3A, Segment Selectors. */
static bool read_descriptor(const struct vm *vm, const struct kvm_sregs *sregs, uint32_t selector,
                            uint32_t word[2]) {
    uint64_t base = selector & 4 ? sregs->ldt.base : sregs->gdt.base;
    uint64_t limit = selector & 4 ? sregs->ldt.limit : sregs->gdt.limit;
    uint32_t offset = selector & 0xfff8;

    return (selector & 0xfffc) != 0 && offset + 7 <= limit &&
           read_linear(vm, sregs, base + offset, &word[0]) &&
           read_linear(vm, sregs, base + offset + 4, &word[1]);
}

/* A present code or data segment into a register's hidden part; marks the descriptor accessed. */
static bool load_segment(const struct vm *vm, const struct kvm_sregs *sregs, uint32_t selector,
                         struct kvm_segment *segment) {
    uint32_t word[2];
    uint8_t *rights;

    if (!read_descriptor(vm, sregs, selector, word) || (word[1] & 0x9000) != 0x9000)
        return false;
    rights = linear(vm, sregs, (selector & 4 ? sregs->ldt.base : sregs->gdt.base) + (selector & 0xfff8) + 4);
    if (!rights)
        return false;
    word[1] |= 0x100;
    memcpy(rights, &word[1], sizeof word[1]);
    vm_host_writes(vm, (uint64_t)(rights - vm->ram), sizeof word[1]);
    memset(segment, 0, sizeof *segment);
    segment->selector = (uint16_t)selector;
    segment->base = word[0] >> 16 | (word[1] & 0xff) << 16 | (word[1] & 0xff000000);
    segment->limit = (word[0] & 0xffff) | (word[1] & 0xf0000);
    if (word[1] & 0x800000)
        segment->limit = segment->limit << 12 | 0xfff;
    segment->type = word[1] >> 8 & 15;
    segment->s = 1;
    segment->dpl = word[1] >> 13 & 3;
    segment->present = 1;
    segment->avl = word[1] >> 20 & 1;
    segment->db = word[1] >> 22 & 1;
    segment->g = word[1] >> 23 & 1;
    return true;
}

/* A return to an outer level leaves no segment that the new level may not use (SDM 2A IRET,
 * RETURN-TO-OUTER-PRIVILEGE-LEVEL). */
static void drop_inner(struct kvm_segment *segment, unsigned cpl) {
    bool conforming = (segment->type & 0xc) == 0xc;

    if (!segment->unusable && segment->dpl < cpl && !conforming) {
        memset(segment, 0, sizeof *segment);
        segment->unusable = 1;
    }
}

/* IRETD of the kit, to a CPL of its own or an outer one: regular returns only, all else stays unemulated. */
static bool return_from_kit(struct vm *vm, struct kvm_regs *regs, struct kvm_sregs *sregs) {
    uint32_t frame[5] = {0};
    uint64_t stack = sregs->ss.base + (sregs->ss.db ? regs->rsp & 0xffffffff : regs->rsp & 0xffff);
    struct kvm_segment cs, ss;
    unsigned cpl;
    bool outer;

    for (unsigned n = 0; n < 3; n++)
        if (!read_linear(vm, sregs, stack + 4 * n, &frame[n]))
            return false;
    frame[1] &= 0xffff;
    cpl = frame[1] & 3;
    outer = cpl > sregs->ss.dpl;
    if (frame[2] & FLAG_VM || cpl < sregs->ss.dpl || !load_segment(vm, sregs, frame[1], &cs) ||
        !(cs.type & 8) || frame[0] > cs.limit)
        return false;
    if (outer) {
        if (!read_linear(vm, sregs, stack + 12, &frame[3]) || !read_linear(vm, sregs, stack + 16, &frame[4]))
            return false;
        frame[4] &= 0xffff;
        if ((frame[4] & 3) != cpl || !load_segment(vm, sregs, frame[4], &ss) || ss.dpl != cpl ||
            (ss.type & 0xa) != 2)
            return false;
        sregs->ss = ss;
        regs->rsp = ss.db ? frame[3] : (regs->rsp & 0xffff0000) | (frame[3] & 0xffff);
        drop_inner(&sregs->ds, cpl);
        drop_inner(&sregs->es, cpl);
        drop_inner(&sregs->fs, cpl);
        drop_inner(&sregs->gs, cpl);
    } else
        regs->rsp = sregs->ss.db ? (regs->rsp + 12) & 0xffffffff
                                 : (regs->rsp & 0xffff0000) | ((regs->rsp + 12) & 0xffff);
    sregs->cs = cs;
    regs->rip = frame[0];
    regs->rflags = (frame[2] & FLAGS_LOADED) | 2;
    return true;
}

/* LAR reg32, reg32 of the kit: the rights of a segment its case ran on. */
static bool load_rights(struct vm *vm, struct kvm_regs *regs, const struct kvm_sregs *sregs, uint8_t modrm) {
    __u64 *const names[8] = {&regs->rax, &regs->rcx, &regs->rdx, &regs->rbx,
                             &regs->rsp, &regs->rbp, &regs->rsi, &regs->rdi};
    uint32_t word[2], selector = *names[modrm & 7] & 0xffff;

    if (modrm < 0xc0)
        return false;
    regs->rflags &= ~(uint64_t)FLAG_ZF;
    if (read_descriptor(vm, sregs, selector, word) && word[1] & 0x1000) {
        *names[modrm >> 3 & 7] = word[1] & 0x00ffff00;
        regs->rflags |= FLAG_ZF;
    }
    regs->rip += 3;
    return true;
}

bool assist_is_undefined(const struct ending *ending) {
    return ending->insn_size >= 2 && ending->insn[0] == 0x0f && ending->insn[1] == 0x0b;
}

void assist_raise_undefined(struct kvm_vcpu_events *events) {
    events->flags |= KVM_VCPUEVENT_VALID_PAYLOAD;
    events->exception.pending = 1;
    events->exception.injected = 0;
    events->exception.nr = UD_VECTOR;
    events->exception.has_error_code = 0;
    events->exception_has_payload = 0;
}

/* The exception is made pending, and KVM delivers it. */
static bool raise_undefined(const struct vm *vm) {
    struct kvm_vcpu_events events;

    if (ioctl(vm->vcpu, KVM_GET_VCPU_EVENTS, &events) < 0)
        return false;
    assist_raise_undefined(&events);
    return ioctl(vm->vcpu, KVM_SET_VCPU_EVENTS, &events) == 0;
}

bool assist_instruction(struct vm *vm, const struct ending *ending) {
    struct kvm_regs *regs = &vm->run->s.regs.regs;
    struct kvm_sregs sregs;
    uint64_t at;
    bool done;

    if (assist_is_undefined(ending))
        return raise_undefined(vm);
    if (ioctl(vm->vcpu, KVM_GET_SREGS, &sregs) < 0)
        return false;
    at = sregs.cs.base + regs->rip;
    if (at < KIT || at >= KIT + KIT_SIZE || !(sregs.cr0 & CR0_PE) || sregs.efer & EFER_LMA || !sregs.cs.db)
        return false;
    if (ending->insn_size >= 1 && ending->insn[0] == 0xcf)
        done = return_from_kit(vm, regs, &sregs) && ioctl(vm->vcpu, KVM_SET_SREGS, &sregs) == 0;
    else if (ending->insn_size >= 3 && ending->insn[0] == 0x0f && ending->insn[1] == 0x02)
        done = load_rights(vm, regs, &sregs, ending->insn[2]);
    else
        return false;
    if (done)
        vm->run->kvm_dirty_regs |= KVM_SYNC_X86_REGS;
    return done;
}
