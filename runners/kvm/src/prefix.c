/* prefix.c - windows that begin with KVM's forced-emulation prefix.
   SPDX-License-Identifier: BSD-2-Clause

   Before each window lie five bytes that nothing needs once it opens: the set-up's `jmp KIT_LAUNCH`, or 0xCC
   behind it (testcases/kit/body.inc, LAUNCH and LAUNCH_AT).  The kit asks for its launch delta when all of the
   launch state is recorded and before it reads from where the window begins; there the prefix is put into
   the five bytes and the window moved back to it.  With the first thing that the kit asks for after the
   window, both are put back. */
#include "runner.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

/* Physical: testcases/kit/layout.inc, variables.inc, arena.inc. */
#define KIT_LAUNCH 0x400200u
#define LB_RIP     0xa20000u
#define S_LAUNCH   0xa20800u
#define S_FINAL    0xa20c00u
#define FAULT_LOG  0xa24000u
#define FAULT_MAX  64u
#define ARENA      0x40000u
#define PT_1       0x45000u
#define CODE       0x4a000u
#define CODE_SIZE  0x2000u

/* Words of a state: testcases/kit/state.inc. */
#define STATE_RIP    16
#define STATE_CR0    30
#define STATE_CR4    32
#define STATE_VECTOR 52
#define STATE_NFAULT 53
#define STATE_FRAME  54

#define CR0_PG      0x80000000u
#define CR4_PAE     0x20u
#define PTE_P       1u
#define JMP         0xe9
#define JMP_SIZE    5u
#define PADDING     0xcc
#define NOP         0x90
#define VECTOR_MASK 0xffu

const uint8_t *prefix_bytes(enum prefix_kind kind) {
    static const uint8_t forced[PREFIX_SIZE] = {0x0f, 0x0b, 'k', 'v', 'm'};
    static const uint8_t nops[PREFIX_SIZE] = {NOP, NOP, NOP, NOP, NOP};

    return kind == PREFIX_NOPS ? nops : forced;
}

static uint64_t word_at(const struct vm *vm, uint32_t at) {
    uint64_t value = 0;
    memcpy(&value, vm->ram + at, vm->word_size);
    return value;
}

static uint64_t state_word(const struct vm *vm, uint32_t state, unsigned index) {
    return word_at(vm, state + index * vm->word_size);
}

static void add_to_word(struct vm *vm, uint32_t at, uint64_t add) {
    uint64_t value = word_at(vm, at) + add;
    memcpy(vm->ram + at, &value, vm->word_size);
    vm_host_writes(vm, at, vm->word_size);
}

/* Where the window begins: the protected modes take it from the launch block, the real modes from the launch
   state, of which every capture makes a part of the final state. */
static void move_window(struct vm *vm, uint64_t add) {
    add_to_word(vm, LB_RIP, add);
    add_to_word(vm, S_LAUNCH + STATE_RIP * vm->word_size, add);
}

/* Nothing but padding between a window and its set-up's jump to the kit. */
static bool behind_launch(const struct vm *vm, uint64_t window) {
    uint32_t at, relative;

    if (window < CODE + JMP_SIZE || window > CODE + CODE_SIZE)
        return false;
    for (at = (uint32_t)window; at > CODE + JMP_SIZE && vm->ram[at - 1] == PADDING; at--)
        continue;
    memcpy(&relative, vm->ram + at - 4, sizeof relative);
    return vm->ram[at - JMP_SIZE] == JMP && ((at + relative) & 0x7fffffff) == KIT_LAUNCH;
}

/* The case's own tables show this page where it is: SDM 3A, 32-Bit Paging, PAE Paging, 4-Level Paging. */
static bool maps_itself(const struct vm *vm, uint32_t address) {
    uint32_t page = address & ~0xfffu, entry;
    bool wide = vm->word_size == 8 || state_word(vm, S_LAUNCH, STATE_CR4) & CR4_PAE;

    if (!(state_word(vm, S_LAUNCH, STATE_CR0) & CR0_PG))
        return true;
    memcpy(&entry, vm->ram + PT_1 + (page >> 12) * (wide ? 8 : 4), sizeof entry);
    return (entry & (~0xfffu | PTE_P)) == (page | PTE_P);
}

const char *prefix_place(struct vm *vm) {
    struct prefix *prefix = vm->prefix;
    uint64_t rip = word_at(vm, LB_RIP);
    uint64_t window = rip < ARENA ? rip + ARENA : rip; /* 16-bit segments begin at the arena */

    if (!prefix->due)
        return NULL;
    prefix->due = false;
    if (!behind_launch(vm, window))
        return "no room for the forced-emulation prefix: the window does not stand behind its set-up";
    prefix->at = (uint32_t)window - PREFIX_SIZE;
    if (!maps_itself(vm, prefix->at))
        return "no room for the forced-emulation prefix: the case's tables lack its page or map it elsewhere";
    memcpy(prefix->under, vm->ram + prefix->at, PREFIX_SIZE);
    memcpy(vm->ram + prefix->at, prefix->bytes, PREFIX_SIZE);
    vm_host_writes(vm, prefix->at, PREFIX_SIZE);
    move_window(vm, -(uint64_t)PREFIX_SIZE);
    prefix->placed = true;
    return NULL;
}

/* What the window itself has written there is its own. */
static void take_away(struct vm *vm) {
    struct prefix *prefix = vm->prefix;

    for (unsigned n = 0; n < PREFIX_SIZE; n++)
        if (vm->ram[prefix->at + n] == prefix->bytes[n])
            vm->ram[prefix->at + n] = prefix->under[n];
    vm_host_writes(vm, prefix->at, PREFIX_SIZE);
    move_window(vm, PREFIX_SIZE);
    add_to_word(vm, S_FINAL + STATE_RIP * vm->word_size, PREFIX_SIZE);
    prefix->placed = false;
}

static bool is_prefix(const struct prefix *prefix, const uint8_t *ip) {
    return memcmp(ip, &(uint16_t){(uint16_t)prefix->at}, 2) == 0;
}

/* The handler's stack says that the prefix was interrupted.  IP lies on its top, behind an error code, or
   behind that of a 16-bit gate. */
static bool final_at_prefix(const struct vm *vm) {
    const uint8_t *frame = vm->ram + S_FINAL + STATE_FRAME * vm->word_size;

    return is_prefix(vm->prefix, frame) || is_prefix(vm->prefix, frame + 2) ||
           is_prefix(vm->prefix, frame + vm->word_size);
}

/* Some KVM loses frames (harness/data/known/kvm-pvm.delivery.toml).  No frame is all zeros: bit 1 of EFLAGS is
   set.  After a #UD nobody can tell then whether it was the prefix. */
static bool final_lost(const struct vm *vm) {
    static const uint8_t nothing[3 * 8];

    return vm->prefix->bytes[0] != NOP && state_word(vm, S_FINAL, STATE_VECTOR) == UD_VECTOR &&
           memcmp(vm->ram + S_FINAL + STATE_FRAME * vm->word_size, nothing, 3 * vm->word_size) == 0;
}

static const char *not_taken(uint64_t vector) {
    static char reason[160];

    if ((vector & VECTOR_MASK) == UD_VECTOR)
        return "the forced-emulation prefix was #UD: this KVM does not take it here";
    snprintf(reason, sizeof reason,
             "vector %u came at the forced-emulation prefix, before the window's first instruction",
             (unsigned)(vector & VECTOR_MASK));
    return reason;
}

/* S_FINAL and the fault log are complete: did anything arrive at the prefix instead of at the window? */
static const char *arrived_at_prefix(const struct vm *vm) {
    uint64_t handled = state_word(vm, S_FINAL, STATE_NFAULT);

    for (uint32_t n = 0; n < handled && n < FAULT_MAX; n++) {
        uint32_t row = FAULT_LOG + n * 4 * vm->word_size; /* vector, error code, CR2, RIP */
        if (is_prefix(vm->prefix, vm->ram + row + 3 * vm->word_size))
            return not_taken(word_at(vm, row));
    }
    if (final_at_prefix(vm))
        return not_taken(state_word(vm, S_FINAL, STATE_VECTOR));
    return final_lost(vm) ? "#UD without a frame: maybe of the forced-emulation prefix" : NULL;
}

const char *prefix_lift(struct vm *vm) {
    const struct kvm_regs *regs = &vm->run->s.regs.regs;
    struct prefix *prefix = vm->prefix;
    bool delta = vm->run->io.port == DELTA_PORT;

    prefix->due = delta && regs->rax & DELTA_UPDATE;
    if (!prefix->placed)
        return NULL;
    take_away(vm);
    return delta && (regs->rbx & 0x7fffffff) == S_FINAL ? arrived_at_prefix(vm) : NULL;
}

const char *prefix_died(const struct vm *vm) {
    struct kvm_regs regs;

    if (!vm->prefix || !vm->prefix->placed || ioctl(vm->vcpu, KVM_GET_REGS, &regs) < 0 ||
        !is_prefix(vm->prefix, (const uint8_t *)&regs.rip))
        return NULL;
    return "the guest died at the forced-emulation prefix, before the window's first instruction";
}

void prefix_forget(struct vm *vm) {
    if (vm->prefix)
        vm->prefix->placed = vm->prefix->due = false;
}
