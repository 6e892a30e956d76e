/* SPDX-License-Identifier: BSD-2-Clause */
/* body.c - decodes a body along its control flow and refuses what would show the host's tables, MSRs or kernel. */
#include "native.h"

#include <string.h>
#include <Zydis/Zydis.h>

enum { BODY_MAX = 0x2000 };

struct walk {
    ZydisDecoder decoder;
    const uint8_t *code;
    size_t size;
    bool long_mode, scripted;
    struct body body;
    uint8_t seen[BODY_MAX];
    size_t todo[BODY_MAX];
    size_t waiting;
};

static const char *refused_by_mnemonic(const ZydisDecodedInstruction *i, bool long_mode) {
    switch (i->mnemonic) {
    case ZYDIS_MNEMONIC_SYSCALL:
    case ZYDIS_MNEMONIC_SYSENTER:
        return "SYSCALL or SYSENTER would enter the host's kernel";
    case ZYDIS_MNEMONIC_SYSEXIT:
        return long_mode ? 0 : "SYSEXIT is judged by legacy mode's rules, and the host is in long mode";
    case ZYDIS_MNEMONIC_INT:
        return "INT n goes through the host's IDT";
    case ZYDIS_MNEMONIC_IRET:
    case ZYDIS_MNEMONIC_IRETD:
    case ZYDIS_MNEMONIC_IRETQ:
        return "IRET loads selectors from the host's descriptor tables";
    case ZYDIS_MNEMONIC_LDS:
    case ZYDIS_MNEMONIC_LES:
    case ZYDIS_MNEMONIC_LFS:
    case ZYDIS_MNEMONIC_LGS:
    case ZYDIS_MNEMONIC_LSS:
    case ZYDIS_MNEMONIC_LAR:
    case ZYDIS_MNEMONIC_LSL:
    case ZYDIS_MNEMONIC_VERR:
    case ZYDIS_MNEMONIC_VERW:
        return "the instruction reads the host's descriptor tables";
    case ZYDIS_MNEMONIC_SGDT:
    case ZYDIS_MNEMONIC_SIDT:
    case ZYDIS_MNEMONIC_SLDT:
    case ZYDIS_MNEMONIC_STR:
    case ZYDIS_MNEMONIC_SMSW:
        return "the instruction shows a system register of the host (Linux emulates it under UMIP)";
    case ZYDIS_MNEMONIC_IN:
    case ZYDIS_MNEMONIC_OUT:
    case ZYDIS_MNEMONIC_INSB:
    case ZYDIS_MNEMONIC_INSW:
    case ZYDIS_MNEMONIC_INSD:
    case ZYDIS_MNEMONIC_OUTSB:
    case ZYDIS_MNEMONIC_OUTSW:
    case ZYDIS_MNEMONIC_OUTSD:
        return "I/O is permitted by the host's TSS and IOPL";
    case ZYDIS_MNEMONIC_CPUID:
    case ZYDIS_MNEMONIC_RDTSC:
    case ZYDIS_MNEMONIC_RDTSCP:
    case ZYDIS_MNEMONIC_RDPMC:
    case ZYDIS_MNEMONIC_RDPID:
    case ZYDIS_MNEMONIC_RDPRU:
    case ZYDIS_MNEMONIC_RDRAND:
    case ZYDIS_MNEMONIC_RDSEED:
    case ZYDIS_MNEMONIC_XGETBV:
    case ZYDIS_MNEMONIC_RDPKRU:
    case ZYDIS_MNEMONIC_WRPKRU:
    case ZYDIS_MNEMONIC_MONITOR:
    case ZYDIS_MNEMONIC_MWAIT:
    case ZYDIS_MNEMONIC_MONITORX:
    case ZYDIS_MNEMONIC_MWAITX:
        return "the instruction shows what belongs to the host: identification, counters, random numbers";
    default:
        return 0;
    }
}

static const char *refused_by_kind(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *operands) {
    if (i->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
        return "a far transfer goes through the host's descriptor tables";
    switch (i->meta.category) {
    case ZYDIS_CATEGORY_VTX:
    case ZYDIS_CATEGORY_XSAVE:
    case ZYDIS_CATEGORY_XSAVEOPT:
        return "VMX, SVM and XSAVE depend on how the host is set up";
    default:
        break;
    }
    switch (i->meta.isa_set) {
    case ZYDIS_ISA_SET_SVM:
    case ZYDIS_ISA_SET_VMFUNC:
    case ZYDIS_ISA_SET_RTM:
    case ZYDIS_ISA_SET_SGX:
        return "VMX, SVM, RTM and SGX depend on how the host is set up";
    default:
        break;
    }
    for (unsigned n = 0; n < i->operand_count_visible; n++) {
        if (operands[n].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            ZydisRegisterGetClass(operands[n].reg.value) == ZYDIS_REGCLASS_SEGMENT)
            return "segment registers hold the host's selectors";
    }
    return 0;
}

static unsigned uses_of(const ZydisDecodedInstruction *i) {
    switch (i->mnemonic) {
    case ZYDIS_MNEMONIC_PUSHF:
    case ZYDIS_MNEMONIC_PUSHFD:
    case ZYDIS_MNEMONIC_PUSHFQ:
        return USES_FLAGS_IMAGE;
    case ZYDIS_MNEMONIC_POPF:
    case ZYDIS_MNEMONIC_POPFD:
    case ZYDIS_MNEMONIC_POPFQ:
        return USES_FLAGS_LOAD;
    case ZYDIS_MNEMONIC_CLI:
    case ZYDIS_MNEMONIC_STI:
        return USES_IF;
    case ZYDIS_MNEMONIC_SYSRET:
        return USES_SYSRET;
    case ZYDIS_MNEMONIC_RDFSBASE:
    case ZYDIS_MNEMONIC_RDGSBASE:
    case ZYDIS_MNEMONIC_WRFSBASE:
    case ZYDIS_MNEMONIC_WRGSBASE:
        return USES_FSGSBASE;
    case ZYDIS_MNEMONIC_FXSAVE:
    case ZYDIS_MNEMONIC_FXSAVE64:
    case ZYDIS_MNEMONIC_FXRSTOR:
    case ZYDIS_MNEMONIC_FXRSTOR64:
        return USES_X87 | USES_SSE;
    default:
        break;
    }
    if (i->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY && i->encoding != ZYDIS_INSTRUCTION_ENCODING_3DNOW)
        return USES_AVX;
    switch (i->meta.isa_ext) {
    case ZYDIS_ISA_EXT_X87:
    case ZYDIS_ISA_EXT_MMX:
        return USES_X87;
    case ZYDIS_ISA_EXT_SSE:
    case ZYDIS_ISA_EXT_SSE2:
    case ZYDIS_ISA_EXT_SSE3:
    case ZYDIS_ISA_EXT_SSSE3:
    case ZYDIS_ISA_EXT_SSE4:
    case ZYDIS_ISA_EXT_SSE4A:
    case ZYDIS_ISA_EXT_AES:
    case ZYDIS_ISA_EXT_PCLMULQDQ:
    case ZYDIS_ISA_EXT_SHA:
        return USES_SSE;
    default:
        return 0;
    }
}

static void follow(struct walk *w, size_t at) {
    if (at < w->size && !w->seen[at]) {
        w->seen[at] = 1;
        w->todo[w->waiting++] = at;
    }
}

/* The instruction at `at`; what may come next is put on the list. */
static void examine(struct walk *w, size_t at) {
    ZydisDecodedInstruction i;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&w->decoder, w->code + at, w->size - at, &i, operands)))
        return; /* the processor has its own opinion of it */
    const char *refused = refused_by_mnemonic(&i, w->long_mode);
    if (!refused)
        refused = refused_by_kind(&i, operands);
    if (refused) {
        w->body.refused = refused;
        return;
    }
    w->body.uses |= uses_of(&i);
    const bool relative = i.operand_count_visible && operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                          operands[0].imm.is_relative;
    if (relative)
        follow(w, at + i.length + (size_t)operands[0].imm.value.s);
    /* behind an indirect jump or an exception, code may be reached that nothing here points at */
    const bool jumps = i.meta.category == ZYDIS_CATEGORY_UNCOND_BR && relative;
    const bool stops = i.mnemonic == ZYDIS_MNEMONIC_UD2 && !w->scripted;
    if (!jumps && !stops)
        follow(w, at + i.length);
}

struct body body_examine(const uint8_t *code, size_t size, unsigned bits, bool long_mode, bool scripted) {
    static const struct {
        ZydisMachineMode legacy, longer;
        ZydisStackWidth stack;
    } modes[3] = {{ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_MACHINE_MODE_LONG_COMPAT_16, ZYDIS_STACK_WIDTH_16},
                  {ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_MACHINE_MODE_LONG_COMPAT_32, ZYDIS_STACK_WIDTH_32},
                  {ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64}};
    const unsigned row = bits == 16 ? 0 : bits == 32 ? 1 : 2;
    struct walk w;
    w.code = code;
    w.size = size < BODY_MAX ? size : BODY_MAX;
    w.long_mode = long_mode;
    w.scripted = scripted;
    w.body = (struct body){0, 0};
    w.waiting = 0;
    memset(w.seen, 0, w.size);
    ZydisDecoderInit(&w.decoder, long_mode ? modes[row].longer : modes[row].legacy, modes[row].stack);
    follow(&w, 0);
    while (w.waiting && !w.body.refused)
        examine(&w, w.todo[--w.waiting]);
    return w.body;
}
