/* classes.c - classes of instructions that this KVM may not emulate: a tiny guest shows whether one is
   missing as a whole.
   SPDX-License-Identifier: BSD-2-Clause

   A class is an opcode (of groups, with its ModRM.reg) in a mode at a CPL; far transfers by what they go to
   or return to. The kernel's emulator gives up on it whatever the operands are (arch/x86/kvm/emulate.c,
   X86EMUL_UNHANDLEABLE). */
#include "tiny.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define KNOWN_MAX 128

struct opcode {
    unsigned map; /* 0: one byte, 1: 0F, 2: 0F38, 3: 0F3A */
    uint8_t byte, modrm;
    bool has_reg;      /* ModRM.reg belongs to the opcode */
    unsigned at, size; /* where the opcode begins; whole prefix + opcode + modrm */
    unsigned prefix66, rexw;
};

struct known {
    struct context context;
    char name[64];
    bool missing;
};

struct classes {
    struct tiny *tiny;
    struct known known[KNOWN_MAX];
    unsigned count;
    int kvm;
    enum vendor vendor;
    char line[512], answer[192];
};

struct classes *classes_new(int kvm, enum vendor vendor) {
    struct classes *classes = calloc(1, sizeof *classes);
    if (!classes)
        leave(EXIT_EMULATOR, "no memory");
    classes->kvm = kvm;
    classes->vendor = vendor;
    return classes;
}

void classes_free(struct classes *classes) {
    tiny_free(classes->tiny);
    free(classes);
}

static bool is_prefix(uint8_t byte, bool wide) {
    return byte == 0x66 || byte == 0x67 || byte == 0xf0 || byte == 0xf2 || byte == 0xf3 ||
           (byte & 0xe7) == 0x26 || byte == 0x64 || byte == 0x65 || (wide && (byte & 0xf0) == 0x40);
}

static bool find_opcode(const uint8_t *insn, unsigned size, bool wide, struct opcode *opcode) {
    unsigned at = 0;

    memset(opcode, 0, sizeof *opcode);
    for (; at < size && is_prefix(insn[at], wide); at++) {
        opcode->prefix66 |= insn[at] == 0x66;
        opcode->rexw |= wide && (insn[at] & 0xf8) == 0x48;
    }
    opcode->at = at;
    if (at + 1 < size && insn[at] == 0x0f) {
        opcode->map = 1;
        if (insn[++at] == 0x38 || insn[at] == 0x3a)
            opcode->map = insn[at++] == 0x38 ? 2 : 3;
    }
    if (at >= size)
        return false;
    opcode->byte = insn[at];
    opcode->modrm = at + 1 < size ? insn[at + 1] : 0;
    opcode->has_reg =
        (opcode->map == 0 && ((insn[at] & 0xf8) == 0xd8 || insn[at] >= 0xfe)) ||
        (opcode->map == 1 && (insn[at] == 0x00 || insn[at] == 0x01 || insn[at] == 0xae || insn[at] == 0xba ||
                              insn[at] == 0xc7 || (insn[at] & 0xfc) == 0x70));
    opcode->size = at + 1;
    return true;
}

static void name_opcode(const struct opcode *opcode, char *name, size_t size) {
    static const struct {
        unsigned map;
        uint8_t byte;
        int reg;
        const char *name;
    } names[] = {
        {0, 0xcc, -1, "INT3"},
        {0, 0xcd, -1, "INT n"},
        {0, 0xce, -1, "INTO"},
        {0, 0xf1, -1, "INT1"},
        {0, 0xcf, -1, "IRET"},
        {0, 0xca, -1, "RETF"},
        {0, 0xcb, -1, "RETF"},
        {0, 0x9a, -1, "far CALL"},
        {0, 0xea, -1, "far JMP"},
        {0, 0xff, 3, "far CALL"},
        {0, 0xff, 5, "far JMP"},
        {1, 0x0b, -1, "UD2"},
        {1, 0xc7, 1, "CMPXCHG8B and CMPXCHG16B"},
        {1, 0x02, -1, "LAR"},
        {1, 0x03, -1, "LSL"},
        {1, 0x00, 4, "VERR"},
        {1, 0x00, 5, "VERW"},
        {0, 0x62, -1, "BOUND"},
        {0, 0x63, -1, "ARPL"},
        {1, 0x76, -1, "PCMPEQD"},
        {1, 0xae, 2, "LDMXCSR"},
        {1, 0xae, 3, "STMXCSR"},
    };
    static const char *const maps[] = {"", "0F ", "0F 38 ", "0F 3A "};

    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        if (names[n].map == opcode->map && names[n].byte == opcode->byte &&
            (names[n].reg < 0 || names[n].reg == (opcode->modrm >> 3 & 7))) {
            snprintf(name, size, "%s", names[n].name);
            return;
        }
    if (opcode->has_reg)
        snprintf(name, size, "%s %s%02X /%d",
                 opcode->map == 0 && (opcode->byte & 0xf8) == 0xd8 ? "x87" : "opcode", maps[opcode->map],
                 opcode->byte, opcode->modrm >> 3 & 7);
    else
        snprintf(name, size, "opcode %s%02X", maps[opcode->map], opcode->byte);
}

static void where(const struct context *context, char *text, size_t size) {
    static const char *const pagings[] = {"", " with 32-bit paging", " with PAE paging", ""};

    if (!context->protected_mode)
        snprintf(text, size, "in real mode");
    else
        snprintf(text, size, "in %s%s at CPL %u",
                 context->wide                    ? "64-bit mode"
                 : context->paging == PAGING_LONG ? "compatibility mode"
                 : context->big                   ? "32-bit protected mode"
                                                  : "16-bit protected mode",
                 pagings[context->paging], context->cpl);
}

/* One question, asked once. */
static const char *ask(struct classes *classes, const struct context *context, const char *name,
                       const uint8_t *insn, unsigned size, unsigned return_cpl) {
    struct known *known = NULL;
    char place[64];

    for (unsigned n = 0; n < classes->count && !known; n++)
        if (strcmp(classes->known[n].name, name) == 0 &&
            memcmp(&classes->known[n].context, context, sizeof *context) == 0)
            known = &classes->known[n];
    if (!known) {
        if (classes->count == KNOWN_MAX)
            return NULL;
        if (!classes->tiny)
            classes->tiny = tiny_new(classes->kvm, classes->vendor);
        known = &classes->known[classes->count++];
        known->context = *context;
        snprintf(known->name, sizeof known->name, "%s", name);
        known->missing = tiny_unemulated(classes->tiny, context, insn, size, return_cpl);
    }
    if (!known->missing)
        return NULL;
    where(context, place, sizeof place);
    snprintf(classes->answer, sizeof classes->answer, "%.40s %s", known->name, place);
    return classes->answer;
}

static void context_of(const struct kvm_sregs *sregs, const struct kvm_regs *regs, struct context *context) {
    memset(context, 0, sizeof *context);
    context->protected_mode = sregs->cr0 & 1;
    context->v86 = context->protected_mode && regs->rflags >> 17 & 1;
    context->paging = !(sregs->cr0 >> 31)     ? PAGING_OFF
                      : sregs->efer >> 10 & 1 ? PAGING_LONG
                      : sregs->cr4 >> 5 & 1   ? PAGING_PAE
                                              : PAGING_32;
    context->wide = context->paging == PAGING_LONG && sregs->cs.l;
    context->big = sregs->cs.db;
    context->cpl = context->protected_mode ? sregs->ss.dpl : 0;
}

/* `count` bytes at a linear address of the dead guest. */
static bool read_guest(const struct vm *vm, uint64_t address, void *bytes, size_t count) {
    for (size_t n = 0; n < count; n++) {
        struct kvm_translation at = {.linear_address = address + n};
        if (ioctl(vm->vcpu, KVM_TRANSLATE, &at) < 0 || !at.valid || at.physical_address >= vm->ram_size)
            return false;
        ((uint8_t *)bytes)[n] = vm->ram[at.physical_address];
    }
    return true;
}

/* A general register by its number in ModRM. */
static uint64_t general(const struct kvm_regs *regs, unsigned number) {
    const uint64_t values[] = {regs->rax, regs->rcx, regs->rdx, regs->rbx,
                               regs->rsp, regs->rbp, regs->rsi, regs->rdi};

    return values[number];
}

/* Linear address of the opcode's memory operand; SIB bytes and REX.B only as far as disp32 alone. */
static bool operand_address(const struct kvm_sregs *sregs, const struct kvm_regs *regs,
                            const struct context *context, const struct ending *ending,
                            const struct opcode *opcode, uint64_t *address) {
    static const uint8_t first16[] = {3, 3, 5, 5, 6, 7, 5, 3}, second16[] = {6, 7, 6, 7, 0, 0, 0, 0};
    uint8_t mod = opcode->modrm >> 6, rm = opcode->modrm & 7;
    bool narrow = !context->wide && !context->big, on_stack = false;
    uint64_t base = 0;
    unsigned at = opcode->size + 1, size = mod == 1 ? 1 : mod == 2 ? narrow ? 2 : 4 : 0;
    int32_t displacement = 0;

    for (unsigned n = 0; n < opcode->at; n++)
        if (ending->insn[n] == 0x67 || (ending->insn[n] & 0xe7) == 0x26 || (ending->insn[n] & 0xfe) == 0x64 ||
            (context->wide && (ending->insn[n] & 0xf1) == 0x41))
            return false; /* prefixes that no testcase puts before a far transfer */
    if (mod == 3)
        return false;
    if (narrow) {
        if (mod == 0 && rm == 6)
            size = 2;
        else {
            base = general(regs, first16[rm]) + (rm < 4 ? general(regs, second16[rm]) : 0);
            on_stack = rm == 2 || rm == 3 || rm == 6;
        }
    } else if (rm == 4) {
        if (mod != 0 || at >= ending->insn_size || ending->insn[at++] != 0x25)
            return false;
        size = 4;
    } else if (mod == 0 && rm == 5) {
        if (context->wide)
            return false;
        size = 4;
    } else {
        base = general(regs, rm);
        on_stack = rm == 5;
    }
    if (at + size > ending->insn_size)
        return false;
    if (size == 1)
        displacement = (int8_t)ending->insn[at];
    else
        memcpy(&displacement, ending->insn + at, size);
    base += (uint64_t)(int64_t)displacement;
    base = narrow ? base & 0xffff : context->wide ? base : base & 0xffffffff;
    *address = base + (context->wide ? 0 : on_stack ? sregs->ss.base : sregs->ds.base);
    return true;
}

/* The selector a far CALL or JMP names: immediate, or in memory behind the offset. */
static bool far_selector(const struct vm *vm, const struct kvm_sregs *sregs, const struct kvm_regs *regs,
                         const struct context *context, const struct ending *ending,
                         const struct opcode *opcode, uint16_t *selector) {
    bool operand16 = context->big || context->wide ? opcode->prefix66 : !opcode->prefix66;
    unsigned offset_size = opcode->rexw ? 8 : operand16 ? 2 : 4, at = opcode->size;
    uint64_t pointer;

    if (opcode->byte != 0xff) {
        if (at + offset_size + 2 > ending->insn_size)
            return false;
        memcpy(selector, ending->insn + at + offset_size, 2);
        return true;
    }
    return at < ending->insn_size && operand_address(sregs, regs, context, ending, opcode, &pointer) &&
           read_guest(vm, pointer + offset_size, selector, 2);
}

static bool is_system(const struct vm *vm, const struct kvm_sregs *sregs, uint16_t selector) {
    uint64_t base = selector & 4 ? sregs->ldt.base : sregs->gdt.base;
    uint8_t rights;

    return (selector & 0xfffc) && read_guest(vm, base + (selector & 0xfff8) + 5, &rights, 1) &&
           !(rights & 0x10);
}

/* Far transfers depend on what they go to: the emulator knows code segments, and returns to the same
 * level. */
static const char *ask_far(struct classes *classes, const struct vm *vm, const struct ending *ending,
                           const struct kvm_sregs *sregs, const struct kvm_regs *regs,
                           const struct context *context, const struct opcode *opcode) {
    static const uint8_t call16[] = {0x9a, 0, 0, TINY_GATE, 0}, jump16[] = {0xea, 0, 0, TINY_GATE, 0};
    static const uint8_t call32[] = {0x9a, 0, 0, 0, 0, TINY_GATE, 0},
                         jump32[] = {0xea, 0, 0, 0, 0, TINY_GATE, 0};
    static const uint8_t call64[] = {0xff, 0x1c, 0x25, 0, 0, 0x17, 0},
                         jump64[] = {0xff, 0x2c, 0x25, 0, 0, 0x17, 0};
    bool jump = opcode->byte == 0xea || (opcode->byte == 0xff && (opcode->modrm >> 3 & 7) == 5);
    uint16_t selector;
    char name[64];

    if (opcode->byte == 0xca || opcode->byte == 0xcb) {
        unsigned size = opcode->rexw ? 8 : opcode->prefix66 ? 2 : 4;
        uint64_t top = sregs->ss.base + (context->wide || sregs->ss.db ? regs->rsp : regs->rsp & 0xffff);
        if (!read_guest(vm, top + size, &selector, 2) || (selector & 3) <= context->cpl)
            return NULL;
        return ask(classes, context, "RETF to an outer level", (const uint8_t[]){0xcb}, 1, 3);
    }
    if (!far_selector(vm, sregs, regs, context, ending, opcode, &selector) || !is_system(vm, sregs, selector))
        return NULL;
    snprintf(name, sizeof name, "far %s to a system descriptor", jump ? "JMP" : "CALL");
    if (context->wide)
        return ask(classes, context, name, jump ? jump64 : call64, sizeof call64, 0);
    if (!context->big)
        return ask(classes, context, name, jump ? jump16 : call16, sizeof call16, 0);
    return ask(classes, context, name, jump ? jump32 : call32, sizeof call32, 0);
}

const char *classes_missing(struct classes *classes, const struct vm *vm, const struct ending *ending) {
    struct kvm_sregs sregs;
    struct kvm_regs regs;
    struct context context;
    struct opcode opcode;
    char name[64];

    if (ending->end != END_INTERNAL || ending->suberror != KVM_INTERNAL_ERROR_EMULATION ||
        !ending->insn_size || ioctl(vm->vcpu, KVM_GET_SREGS, &sregs) < 0 ||
        ioctl(vm->vcpu, KVM_GET_REGS, &regs) < 0)
        return NULL;
    context_of(&sregs, &regs, &context);
    if (context.v86 || !find_opcode(ending->insn, ending->insn_size, context.wide, &opcode))
        return NULL;
    if (opcode.map == 0 &&
        (opcode.byte == 0x9a || opcode.byte == 0xea || opcode.byte == 0xca || opcode.byte == 0xcb ||
         (opcode.byte == 0xff && ((opcode.modrm >> 3 & 7) == 3 || (opcode.modrm >> 3 & 7) == 5))))
        return ask_far(classes, vm, ending, &sregs, &regs, &context, &opcode);
    name_opcode(&opcode, name, sizeof name);
    /* LOCK would make what takes none undefined: it is no part of the class */
    return ask(classes, &context, name, ending->insn, ending->insn_size, context.cpl);
}

static const struct context contexts[] = {
    {.protected_mode = true, .big = true},
    {.protected_mode = true, .big = true, .cpl = 3},
    {.protected_mode = true, .wide = true, .paging = PAGING_LONG},
    {.protected_mode = true, .wide = true, .paging = PAGING_LONG, .cpl = 3},
};

static const char *const context_names[] = {"pm32 CPL 0", "pm32 CPL 3", "long64 CPL 0", "long64 CPL 3"};
#define CONTEXTS (sizeof contexts / sizeof *contexts)

const char *classes_prefix_lacks(struct classes *classes, const uint8_t *prefix) {
    static const struct context real;
    unsigned lacking = 0;

    if (!classes->tiny)
        classes->tiny = tiny_new(classes->kvm, classes->vendor);
    classes->answer[0] = 0;
    for (size_t c = 0; c <= CONTEXTS; c++)
        if (!tiny_passes(classes->tiny, c < CONTEXTS ? &contexts[c] : &real, prefix, PREFIX_SIZE)) {
            strcat(classes->answer, lacking++ ? ", " : "");
            strcat(classes->answer, c < CONTEXTS ? context_names[c] : "real mode");
        }
    return lacking > CONTEXTS ? NULL : classes->answer;
}

bool classes_lack_paging(struct classes *classes, bool pae) {
    if (!classes->tiny)
        classes->tiny = tiny_new(classes->kvm, classes->vendor);
    return !tiny_pages(classes->tiny, pae ? PAGING_PAE : PAGING_32);
}

bool classes_lack_simd(struct classes *classes) {
    static const uint8_t compare[] = {0x66, 0x0f, 0x76, 0xc1}; /* PCMPEQD XMM0, XMM1 */

    return ask(classes, &contexts[0], "PCMPEQD", compare, sizeof compare, 0) ||
           ask(classes, &contexts[2], "PCMPEQD", compare, sizeof compare, 0);
}

const char *classes_line(struct classes *classes) {
    static const struct {
        const char *name;
        uint8_t insn[4];
        unsigned size, return_cpl;
        bool only32;
    } questions[] = {
        {"NOP", {0x90}, 1, 0, false},
        {"UD2", {0x0f, 0x0b}, 2, 0, false},
        {"INT n", {0xcd, 0x30}, 2, 0, false},
        {"INT3", {0xcc}, 1, 0, false},
        {"INTO", {0xce}, 1, 0, true},
        {"IRET", {0xcf}, 1, 0, false},
        {"RETF to an outer level", {0xcb}, 1, 3, false},
        {"x87 FNOP", {0xd9, 0xd0}, 2, 0, false},
        {"PCMPEQD", {0x66, 0x0f, 0x76, 0xc1}, 4, 0, false},
        {"LAR", {0x0f, 0x02, 0xc0}, 3, 0, false},
    };
    size_t used = 0;

    classes->line[0] = 0;
    for (size_t c = 0; c < CONTEXTS; c++) {
        bool any = false;
        for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
            if ((questions[q].only32 && contexts[c].wide) || (questions[q].return_cpl && contexts[c].cpl))
                continue;
            if (!ask(classes, &contexts[c], questions[q].name, questions[q].insn, questions[q].size,
                     questions[q].return_cpl ? questions[q].return_cpl : contexts[c].cpl))
                continue;
            if (used < sizeof classes->line)
                used += (size_t)snprintf(classes->line + used, sizeof classes->line - used, "%s%s%s",
                                         any    ? ", "
                                         : used ? "; "
                                                : "",
                                         any ? "" : context_names[c], any ? "" : ": ");
            if (used < sizeof classes->line)
                used += (size_t)snprintf(classes->line + used, sizeof classes->line - used, "%s",
                                         questions[q].name);
            any = true;
        }
    }
    return classes->line;
}
