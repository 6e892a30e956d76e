/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_compare.c - which fields count, and how a difference is shown. */
#include "silicon_compare.h"

#include <stdio.h>
#include <string.h>

enum {
    D_GPR = 1,
    D_RIP = 2,
    D_FLAGS = 4,
    D_FAULT = 8,
    D_X87 = 16,
    D_VECTORS = 32,
    D_MXCSR = 64,
    D_MEMORY = 128
};

/* RF is set in the image of a fault and not architectural state of the instruction. TF and IF are this test's
 * own. */
#define COMPARED_FLAGS (~(uint64_t)(FLAG_RF | FLAG_TF | FLAG_IF))

static bool same_st(const struct registers *a, const struct registers *b, unsigned i) {
    return a->st[i].significand == b->st[i].significand && a->st[i].sign_exponent == b->st[i].sign_exponent;
}

/* The pointers reach a signal frame only while an exception is pending (APM Vol. 2, "FXSAVE and FXRSTOR
 * Instructions"). */
static bool same_x87(const struct registers *a, const struct registers *b) {
    bool same = a->fcw == b->fcw && a->fsw == b->fsw && a->ftw == b->ftw;
    if (b->fsw & 0x80)
        same = same && a->fip == b->fip && a->fdp == b->fdp && a->fop == b->fop;
    for (unsigned i = 0; i < 8; i++)
        same = same && same_st(a, b, i);
    return same;
}

/* Linux reports P for every address above its user space. */
#define USER_END UINT64_C(0x7ffffffff000)

static bool same_fault(const struct registers *a, const struct registers *b) {
    if (a->vector != b->vector)
        return false;
    if (a->vector != VECTOR_PF)
        return a->vector == NO_FAULT || a->error == b->error;
    uint32_t unseen = b->cr2 >= USER_END ? 1 : 0;
    return a->cr2 == b->cr2 && ((a->error ^ b->error) & ~unseen) == 0;
}

static uint64_t flags_mask(const struct silicon_case *k, const struct registers *silicon) {
    return silicon->vector == NO_FAULT ? COMPARED_FLAGS & ~(uint64_t)case_undefined_flags(k) : COMPARED_FLAGS;
}

unsigned compare(const struct silicon_case *k, const struct outcome *core, const struct outcome *silicon) {
    const struct registers *a = core->registers, *b = silicon->registers;
    unsigned different = 0;
    if (memcmp(a->gpr, b->gpr, sizeof a->gpr) != 0)
        different |= D_GPR;
    if (a->rip != b->rip || a->es != b->es || a->ds != b->ds)
        different |= D_RIP;
    if ((a->rflags ^ b->rflags) & flags_mask(k, b))
        different |= D_FLAGS;
    if (!same_fault(a, b))
        different |= D_FAULT;
    if (!same_x87(a, b))
        different |= D_X87;
    if (memcmp(a->v, b->v, sizeof a->v) != 0)
        different |= D_VECTORS;
    if (a->mxcsr != b->mxcsr)
        different |= D_MXCSR;
    if (memcmp(core->memory, silicon->memory, ALL_PAGES * PAGE) != 0)
        different |= D_MEMORY;
    return different;
}

static void field(const char *name, uint64_t in, uint64_t ours, uint64_t silicon, bool everything) {
    if (ours != silicon || everything)
        printf("  %-8s %016llx  %016llx  %016llx%s\n", name, (unsigned long long)in, (unsigned long long)ours,
               (unsigned long long)silicon, ours != silicon ? "  <--" : "");
}

static void print_vectors(const struct registers *in, const struct registers *a, const struct registers *b,
                          bool everything) {
    for (unsigned i = 0; i < 16; i++) {
        if (!everything && memcmp(&a->v[i], &b->v[i], 32) == 0)
            continue;
        for (unsigned q = 0; q < 4; q++) {
            char name[12];
            snprintf(name, sizeof name, "ymm%u.%u", i, q);
            field(name, in->v[i].q[q], a->v[i].q[q], b->v[i].q[q], true);
        }
    }
}

static void print_x87(const struct registers *in, const struct registers *a, const struct registers *b,
                      bool everything) {
    bool all = everything || !same_x87(a, b);
    field("fcw", in->fcw, a->fcw, b->fcw, all);
    field("fsw", in->fsw, a->fsw, b->fsw, all);
    field("ftw", in->ftw, a->ftw, b->ftw, all);
    field("fop", in->fop, a->fop, b->fop, everything);
    field("fip", in->fip, a->fip, b->fip, everything);
    field("fdp", in->fdp, a->fdp, b->fdp, everything);
    for (unsigned i = 0; i < 8; i++) {
        char name[8];
        snprintf(name, sizeof name, "st%u", i);
        if (!everything && (!all || (i > 1 && same_st(a, b, i))))
            continue;
        printf("  %-6s %04x:%016llx  %04x:%016llx  %04x:%016llx%s\n", name, in->st[i].sign_exponent,
               (unsigned long long)in->st[i].significand, a->st[i].sign_exponent,
               (unsigned long long)a->st[i].significand, b->st[i].sign_exponent,
               (unsigned long long)b->st[i].significand, same_st(a, b, i) ? "" : "  <--");
    }
}

static uint64_t linear_of(unsigned at) {
    unsigned page = at / PAGE;
    return page < DATA_AT    ? CODE_BASE + at
           : page < STACK_AT ? DATA_BASE + at - DATA_AT * PAGE
                             : STACK_BASE + at - STACK_AT * PAGE;
}

static void print_memory(const struct outcome *core, const struct outcome *silicon, const uint8_t *before) {
    unsigned shown = 0;
    for (unsigned at = 0; at < ALL_PAGES * PAGE && shown < 8; at += 8) {
        uint64_t in, a, b;
        memcpy(&in, before + at, 8);
        memcpy(&a, core->memory + at, 8);
        memcpy(&b, silicon->memory + at, 8);
        char name[12];
        snprintf(name, sizeof name, "%llx", (unsigned long long)linear_of(at));
        if (a != b) {
            field(name, in, a, b, true);
            shown++;
        }
    }
}

static void print_operand(const struct silicon_case *k, const uint8_t *before) {
    for (unsigned i = 0; i + 1 < k->patches; i++) {
        uint64_t linear = k->patch[i].linear;
        printf("  at %llx:", (unsigned long long)linear);
        for (unsigned n = 0; n < 32; n++) {
            int page = page_index(linear + n);
            if (page < 0)
                printf(" --");
            else
                printf(" %02x", before[page * PAGE + (int)((linear + n) % PAGE)]);
        }
        printf("\n");
    }
}

static void print_fault(const char *who, const struct registers *r) {
    if (r->vector == NO_FAULT)
        printf("  %s: completes", who);
    else
        printf("  %s: vector %d error %x cr2 %llx", who, r->vector, r->error, (unsigned long long)r->cr2);
}

void compare_print(const struct silicon_case *k, const struct environment *e, const struct outcome *core,
                   const struct outcome *silicon, const uint8_t *before, bool everything) {
    static const char *const gpr[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    const struct registers *a = core->registers, *b = silicon->registers, *in = &k->in;
    char text[96] = "(undefined)";
    if (k->status == DECODE_OK)
        disassemble(&k->insn, k->in.rip, text, sizeof text);
    printf("case %llu, %s, %s:", (unsigned long long)k->number, e->name, k->row->name);
    for (unsigned i = 0; i < k->code_size; i++)
        printf(" %02x", k->code[i]);
    printf("  %s\n", text);
    print_fault("core", a);
    print_fault("silicon", b);
    printf("\n  %-8s %-16s  %-16s  %-16s\n", "", "in", "core", "silicon");
    for (unsigned i = 0; i < 16; i++)
        field(gpr[i], in->gpr[i], a->gpr[i], b->gpr[i], everything);
    field("rip", in->rip, a->rip, b->rip, everything);
    field("es", in->es, a->es, b->es, everything);
    field("ds", in->ds, a->ds, b->ds, everything);
    uint64_t mask = flags_mask(k, b);
    field("rflags", in->rflags & COMPARED_FLAGS, a->rflags & mask, b->rflags & mask, everything);
    if (a->mxcsr != b->mxcsr || everything || k->row->attributes & (A_SSE | A_AVX))
        field("mxcsr", in->mxcsr, a->mxcsr, b->mxcsr, true);
    print_x87(in, a, b, everything);
    print_vectors(in, a, b, everything);
    print_operand(k, before);
    print_memory(core, silicon, before);
}
