/* tiny.c - guests of one instruction, with all around it as it should be: can KVM emulate it at all?
   SPDX-License-Identifier: BSD-2-Clause */
#include "tiny.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define RAM_SIZE   (4u << 20)
#define GDT        0x100000u
#define GDT_SIZE   0x70u
#define IDT        0x101000u
#define TSS        0x102000u
#define CODE       0x110000u
#define HANDLER    0x111000u
#define STACK      0x121000u /* top of what is popped: a frame lies here */
#define STACK0     0x131000u
#define SCRATCH    0x160000u /* what all registers point to */
#define PAGES_32   0x140000u
#define PAGES_PAE  0x142000u
#define PAGES_LONG 0x150000u

#define CR0_PE   1u
#define CR0_ET   0x30u /* ET and NE */
#define CR0_PG   0x80000000u
#define CR4_PSE  0x10u
#define CR4_PAE  0x20u
#define CR4_SSE  0x600u /* OSFXSR, OSXMMEXCPT */
#define EFER_LME 0x100u
#define EFER_LMA 0x400u
#define STALL_MS 500

struct tiny {
    struct vm vm;
    struct board board;
    enum vendor vendor;
};

static void put32(struct tiny *tiny, uint32_t at, uint32_t value) {
    memcpy(tiny->vm.ram + at, &value, 4);
}

static void put64(struct tiny *tiny, uint32_t at, uint64_t value) {
    memcpy(tiny->vm.ram + at, &value, 8);
}

/* Large pages that map the RAM to itself for everybody: 4 MiB pages with PSE, 2 MiB pages in the others. */
static void build_pages(struct tiny *tiny) {
    put32(tiny, PAGES_32, 0xe7);
    for (uint32_t n = 0; n < 4; n++)
        put64(tiny, PAGES_PAE + 8 * n, (PAGES_PAE + 0x1000) | 1);
    put64(tiny, PAGES_LONG, (PAGES_LONG + 0x1000) | 7);
    put64(tiny, PAGES_LONG + 0x1000, (PAGES_LONG + 0x2000) | 7);
    for (uint32_t n = 0; n < 2; n++) {
        put64(tiny, PAGES_PAE + 0x1000 + 8 * n, n << 21 | 0xe7);
        put64(tiny, PAGES_LONG + 0x2000 + 8 * n, n << 21 | 0xe7);
    }
}

/* Every vector to one handler, which halts; a call gate to it; a TSS with its stack. */
static void build_tables(struct tiny *tiny, const struct context *context) {
    bool is_long = context->paging == PAGING_LONG;
    uint64_t code = is_long        ? UINT64_C(0x00209b0000000000)
                    : context->big ? UINT64_C(0x00cf9b000000ffff)
                                   : UINT64_C(0x008f9b000000ffff);
    uint64_t data = UINT64_C(0x00cf93000000ffff);
    uint64_t gate = (HANDLER & 0xffff) | TINY_CODE(0) << 16 | (uint64_t)(HANDLER >> 16) << 48;

    if (is_long && !context->wide)
        code = UINT64_C(0x00cf9b000000ffff);
    memset(tiny->vm.ram + GDT, 0, 0x1000);
    for (uint64_t ring = 0; ring < 4; ring++) {
        /* the handler is 64-bit code wherever the mode is long */
        uint64_t own = is_long && ring == 0 ? UINT64_C(0x00209b0000000000) : code;
        put64(tiny, GDT + (TINY_CODE((uint32_t)ring) & 0xf8), own | ring << 45);
        put64(tiny, GDT + (TINY_DATA((uint32_t)ring) & 0xf8), data | ring << 45);
    }
    put64(tiny, GDT + (TINY_GATE & 0xf8), gate | UINT64_C(0xec00) << 32);
    put64(tiny, GDT + TINY_TSS, UINT64_C(0x00008b000000ffff) | (uint64_t)(TSS & 0xffffff) << 16);
    for (uint32_t n = 0; n < 256; n++)
        if (is_long) {
            put64(tiny, IDT + 16 * n, gate | UINT64_C(0xee00) << 32);
            put64(tiny, IDT + 16 * n + 8, 0);
        } else if (context->protected_mode)
            put64(tiny, IDT + 8 * n, gate | UINT64_C(0xee00) << 32);
        else
            put32(tiny, 4 * n, HANDLER << 12 & 0xf0000000); /* real mode: segment HANDLER >> 4, offset 0 */
    memset(tiny->vm.ram + TSS, 0, 0x1000);
    for (uint32_t ring = 0; ring < 3; ring++) {
        put32(tiny, TSS + 4 + 8 * ring, STACK0);
        if (!is_long)
            put32(tiny, TSS + 8 + 8 * ring, TINY_DATA(ring));
    }
    memset(tiny->vm.ram + HANDLER, 0xf4, 16);
    put32(tiny, TINY_POINTER, 0);
    put32(tiny, TINY_POINTER + 4, TINY_GATE);
}

/* A frame for IRET and RETF: both begin with IP and CS, and go on after flags or after nothing; SS follows in
 * either. */
static void build_frame(struct tiny *tiny, const struct context *context, unsigned return_cpl, bool is_iret) {
    uint32_t cs = TINY_CODE(return_cpl), ss = TINY_DATA(return_cpl);
    uint32_t frame[5] = {HANDLER, cs, 2, SCRATCH, ss};
    unsigned count = 5;

    if (!is_iret) {
        frame[2] = SCRATCH;
        frame[3] = ss;
        count = 4;
    }
    memset(tiny->vm.ram + STACK, 0, 64);
    for (unsigned n = 0; n < count; n++)
        if (context->wide && is_iret)
            put64(tiny, STACK + 8 * n, frame[n]);
        else
            put32(tiny, STACK + 4 * n, frame[n]);
}

static struct kvm_segment flat(uint32_t selector, unsigned type, unsigned dpl, bool big) {
    return (struct kvm_segment){.limit = ~0u,
                                .selector = (uint16_t)selector,
                                .type = (uint8_t)type,
                                .present = 1,
                                .dpl = (uint8_t)dpl,
                                .db = big,
                                .s = 1,
                                .g = 1};
}

static void set_system(const struct tiny *tiny, const struct context *context) {
    struct kvm_sregs sregs;

    if (ioctl(tiny->vm.vcpu, KVM_GET_SREGS, &sregs) < 0)
        leave(EXIT_EMULATOR, "KVM does not tell system registers: %s", strerror(errno));
    sregs.cr0 =
        CR0_ET | (context->protected_mode ? CR0_PE : 0) | (context->paging != PAGING_OFF ? CR0_PG : 0);
    sregs.cr4 = CR4_SSE | (context->paging == PAGING_32    ? CR4_PSE
                           : context->paging != PAGING_OFF ? CR4_PAE
                                                           : 0);
    sregs.cr3 = context->paging == PAGING_32    ? PAGES_32
                : context->paging == PAGING_PAE ? PAGES_PAE
                                                : PAGES_LONG;
    sregs.efer = context->paging == PAGING_LONG ? EFER_LME | EFER_LMA : 0;
    sregs.gdt.base = GDT;
    sregs.gdt.limit = GDT_SIZE - 1;
    sregs.idt.base = context->protected_mode ? IDT : 0;
    sregs.idt.limit = context->protected_mode ? 0xfff : 0x3ff;
    sregs.cs = flat(TINY_CODE(context->cpl), 11, context->cpl, context->big);
    sregs.ss = flat(TINY_DATA(context->cpl), 3, context->cpl, true);
    if (context->wide) {
        sregs.cs.l = 1;
        sregs.cs.db = 0;
    }
    if (!context->protected_mode) {
        sregs.cs = flat(CODE >> 4, 11, 0, false);
        sregs.ss = flat(STACK >> 4 & 0xf000, 3, 0, false);
        sregs.cs.base = CODE;
        sregs.ss.base = STACK & 0xffff0000;
        sregs.cs.limit = sregs.ss.limit = 0xffff;
        sregs.cs.g = sregs.ss.g = 0;
    }
    sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss;
    sregs.tr =
        (struct kvm_segment){.base = TSS, .limit = 0xffff, .selector = TINY_TSS, .type = 11, .present = 1};
    sregs.ldt = (struct kvm_segment){.unusable = 1};
    if (ioctl(tiny->vm.vcpu, KVM_SET_SREGS, &sregs) < 0)
        leave(EXIT_EMULATOR, "KVM refuses a tiny guest's state: %s", strerror(errno));
}

static void set_registers(const struct tiny *tiny, const struct context *context) {
    struct kvm_vcpu_events events = {0};
    uint64_t at = context->protected_mode ? SCRATCH : 0x100;
    struct kvm_regs regs = {at, at, at, at, at, at, 0, at, at, at, at, at, at, at, at, at, 0, 2};

    regs.rsp = context->protected_mode ? STACK : STACK & 0xffff;
    regs.rip = context->protected_mode ? CODE : 0;
    regs.rflags |= 0x800; /* OF, for INTO */
    if (ioctl(tiny->vm.vcpu, KVM_SET_REGS, &regs) < 0 ||
        ioctl(tiny->vm.vcpu, KVM_SET_VCPU_EVENTS, &events) < 0)
        leave(EXIT_EMULATOR, "KVM refuses a tiny guest's registers: %s", strerror(errno));
    ioctl(tiny->vm.vcpu, KVM_SET_MP_STATE, &(struct kvm_mp_state){KVM_MP_STATE_RUNNABLE});
}

struct tiny *tiny_new(int kvm, enum vendor vendor) {
    struct tiny *tiny = calloc(1, sizeof *tiny);
    const char *reason;

    if (!tiny)
        leave(EXIT_EMULATOR, "no memory");
    tiny->vendor = vendor;
    if (!vm_create(&tiny->vm, kvm, RAM_SIZE, NULL, vendor, &reason))
        leave(EXIT_UNAVAILABLE, "KVM makes no machine: %s", reason);
    board_init(&tiny->board);
    build_pages(tiny);
    return tiny;
}

void tiny_free(struct tiny *tiny) {
    if (tiny)
        vm_destroy(&tiny->vm);
    free(tiny);
}

static void run_code(struct tiny *tiny, const struct context *context, const uint8_t *code, unsigned size,
                     unsigned return_cpl, bool is_iret, struct ending *ending) {
    memset(tiny->vm.ram + CODE, 0xf4, 32);
    memcpy(tiny->vm.ram + CODE, code, size);
    build_tables(tiny, context);
    build_frame(tiny, context, return_cpl, is_iret);
    set_system(tiny, context);
    set_registers(tiny, context);
    guest_run(&tiny->vm, &tiny->board, NULL, STALL_MS, ending);
}

bool tiny_unemulated(struct tiny *tiny, const struct context *context, const uint8_t *insn, unsigned size,
                     unsigned return_cpl) {
    struct ending ending;
    bool is_iret = insn[size > 1 && (insn[0] == 0x66 || (insn[0] & 0xf0) == 0x40)] == 0xcf;

    run_code(tiny, context, insn, size, return_cpl, is_iret, &ending);
    return ending.end == END_INTERNAL && ending.suberror == KVM_INTERNAL_ERROR_EMULATION &&
           ending.insn_size >= size && memcmp(ending.insn, insn, size) == 0;
}

bool tiny_passes(struct tiny *tiny, const struct context *context, const uint8_t *prefix, unsigned size) {
    static const uint8_t behind[] = {0xb0, 0x5a}; /* mov al, 5Ah: AL was 0 */
    uint8_t code[16];
    struct ending ending;
    struct kvm_regs regs;

    if (size > sizeof code - sizeof behind)
        return false;
    memcpy(code, prefix, size);
    memcpy(code + size, behind, sizeof behind);
    run_code(tiny, context, code, size + sizeof behind, 0, false, &ending);
    return ioctl(tiny->vm.vcpu, KVM_GET_REGS, &regs) == 0 && (regs.rax & 0xff) == behind[1];
}

bool tiny_pages(struct tiny *tiny, enum paging paging) {
    static const struct context flat32 = {.protected_mode = true, .big = true};
    uint8_t code[] = {
        0xb8, 0,    0,    0, 0, /* mov eax, CR4 */
        0x0f, 0x22, 0xe0,       /* mov cr4, eax */
        0xb8, 0,    0,    0, 0, /* mov eax, tables */
        0x0f, 0x22, 0xd8,       /* mov cr3, eax */
        0xb8, 0,    0,    0, 0, /* mov eax, CR0 with PG */
        0x0f, 0x22, 0xc0,       /* mov cr0, eax */
        0xeb, 0x00,             /* jmp over nothing: the branch after a change of PG */
        0xf4,
    };
    uint32_t cr4 = CR4_SSE | (paging == PAGING_PAE ? CR4_PAE : CR4_PSE), cr0 = CR0_ET | CR0_PE | CR0_PG;
    uint32_t cr3 = paging == PAGING_PAE ? PAGES_PAE : PAGES_32;
    struct ending ending;
    struct kvm_regs regs;

    memcpy(code + 1, &cr4, 4);
    memcpy(code + 9, &cr3, 4);
    memcpy(code + 17, &cr0, 4);
    run_code(tiny, &flat32, code, sizeof code, 0, false, &ending);
    /* HLT ends it there, or in the handler of what it met */
    return ioctl(tiny->vm.vcpu, KVM_GET_REGS, &regs) == 0 && regs.rip == CODE + sizeof code;
}
