/* SPDX-License-Identifier: BSD-2-Clause */
/* test_simd.c - opcodes_simd.def and opcodes_avx.def against the host processor at CPL 3: random encodings of
 * every row, decoded and executed by the core and executed natively; all vector, MMX and general registers,
 * MXCSR, status flags, memory and the vector of a fault compared. Rows whose feature the host lacks are
 * skipped.
 *
 *     test_simd [rounds a row [seed [name]]]
 *
 * Memory is a flat stand-in at the host's own addresses, so that one encoding serves both sides. */
#include "../src/decode/decode.h"
#include "../src/decode/operand.h"
#include "../src/exec/exec.h"

#include <cpuid.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#define OP(map_, opcode_, prefix_, modrm_, op1, op2, op3, op4, entry_name, ...)                              \
    extern const struct entry entry_##entry_name;
#include "../src/decode/opcodes_avx.def"
#include "../src/decode/opcodes_simd.def"
#undef OP
static const struct {
    const char *name;
    const struct entry *entry;
} entry_of[] = {
#define OP(map_, opcode_, prefix_, modrm_, op1, op2, op3, op4, entry_name, ...)                              \
    {#entry_name, &entry_##entry_name},
#include "../src/decode/opcodes_avx.def"
#include "../src/decode/opcodes_simd.def"
#undef OP
};

/* ---- memory: two pages between two that fault ---- */
enum { PAGE = 4096, BUFFER = 2 * PAGE };
static uint8_t *buffer;

static bool inside(uint64_t linear, uint64_t size) {
    uint64_t start = (uintptr_t)buffer;
    return linear >= start && linear + size <= start + BUFFER;
}
_Noreturn void raise_fault(struct cpu *c, unsigned vector) {
    c->raised.vector = (uint8_t)vector;
    longjmp(c->escape, 1);
}
_Noreturn void raise_fault_error(struct cpu *c, unsigned vector, uint32_t error) {
    (void)error;
    raise_fault(c, vector);
}
_Noreturn void raise_page_fault(struct cpu *c, uint64_t linear, uint32_t error) {
    (void)linear;
    raise_fault_error(c, VECTOR_PF, error);
}
_Noreturn void segment_fault(struct cpu *c, const struct op *o, unsigned seg) {
    (void)o, (void)seg;
    raise_fault(c, VECTOR_GP);
}
uint64_t mem_read_slow(struct cpu *c, const struct op *o, uint64_t linear, unsigned size, bool modify) {
    uint64_t value = 0;
    (void)o, (void)modify;
    if (!inside(linear, size))
        raise_fault(c, VECTOR_PF);
    memcpy(&value, (void *)(uintptr_t)linear, size);
    return value;
}
void mem_write_slow(struct cpu *c, const struct op *o, uint64_t linear, uint64_t value, unsigned size) {
    (void)o;
    if (!inside(linear, size))
        raise_fault(c, VECTOR_PF);
    memcpy((void *)(uintptr_t)linear, &value, size);
}
void mem_probe_write(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, unsigned size) {
    if (!inside(mem_linear(c, o, seg, offset, size, ACCESS_WRITE), size))
        raise_fault(c, VECTOR_PF);
}
void mem_read_bytes(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, void *to, unsigned size,
                    unsigned alignment) {
    if (alignment && offset % alignment)
        raise_fault(c, VECTOR_GP);
    mem_probe_write(c, o, seg, offset, size);
    memcpy(to, (void *)(uintptr_t)offset, size);
}
void mem_write_bytes(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, const void *from,
                     unsigned size, unsigned alignment) {
    if (alignment && offset % alignment)
        raise_fault(c, VECTOR_GP);
    mem_probe_write(c, o, seg, offset, size);
    memcpy((void *)(uintptr_t)offset, from, size);
}

/* ---- the native side ---- */
struct image { /* XSAVE's standard form up to the upper YMM halves */
    uint16_t control, status;
    uint8_t tags, reserved;
    uint16_t opcode;
    uint64_t ip, dp;
    uint32_t mxcsr, mxcsr_mask;
    uint64_t st[8][2], xmm[16][2];
    uint8_t unused[96];
    uint64_t present, compact, header[6];
    uint64_t ymm[16][2];
} __attribute__((aligned(64)));
struct native {
    uint64_t r[16], flags, stack, target;
};
struct image native_in, native_out;
struct native native_state;
void native_run(void);
void native_after(void);
__asm__(
    ".text\n"
    ".globl native_run\nnative_run:\n"
    "push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
    "mov %rsp, native_state+136(%rip)\n"
    "mov $7, %eax\nxor %edx, %edx\nxrstor64 native_in(%rip)\n"
    "pushq native_state+128(%rip)\npopfq\n"
    "mov native_state+0(%rip), %rax\nmov native_state+8(%rip), %rcx\nmov native_state+16(%rip), %rdx\n"
    "mov native_state+24(%rip), %rbx\nmov native_state+40(%rip), %rbp\nmov native_state+48(%rip), %rsi\n"
    "mov native_state+56(%rip), %rdi\nmov native_state+64(%rip), %r8\nmov native_state+72(%rip), %r9\n"
    "mov native_state+80(%rip), %r10\nmov native_state+88(%rip), %r11\nmov native_state+96(%rip), %r12\n"
    "mov native_state+104(%rip), %r13\nmov native_state+112(%rip), %r14\nmov native_state+120(%rip), %r15\n"
    "jmp *native_state+144(%rip)\n"
    ".globl native_after\nnative_after:\n"
    "mov %rax, native_state+0(%rip)\nmov %rcx, native_state+8(%rip)\nmov %rdx, native_state+16(%rip)\n"
    "mov %rbx, native_state+24(%rip)\nmov %rbp, native_state+40(%rip)\nmov %rsi, native_state+48(%rip)\n"
    "mov %rdi, native_state+56(%rip)\nmov %r8, native_state+64(%rip)\nmov %r9, native_state+72(%rip)\n"
    "mov %r10, native_state+80(%rip)\nmov %r11, native_state+88(%rip)\nmov %r12, native_state+96(%rip)\n"
    "mov %r13, native_state+104(%rip)\nmov %r14, native_state+112(%rip)\nmov %r15, native_state+120(%rip)\n"
    "pushfq\npopq native_state+128(%rip)\n"
    "mov $7, %eax\nxor %edx, %edx\nxsave64 native_out(%rip)\n"
    "movl $0x1f80, -4(%rsp)\nldmxcsr -4(%rsp)\nfninit\nvzeroupper\ncld\n"
    "mov native_state+136(%rip), %rsp\n"
    "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n");
static sigjmp_buf back;
static volatile unsigned native_vector;

static void on_signal(int number, siginfo_t *info, void *context) {
    ucontext_t *u = context;
    static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                  REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    (void)number, (void)info;
    native_vector = (unsigned)u->uc_mcontext.gregs[REG_TRAPNO];
    for (unsigned i = 0; i < 16; i++)
        native_state.r[i] = (uint64_t)u->uc_mcontext.gregs[order[i]];
    native_state.flags = (uint64_t)u->uc_mcontext.gregs[REG_EFL];
    memcpy(&native_out, u->uc_mcontext.fpregs, sizeof native_out);
    if (!(native_out.present & 4))
        memset(native_out.ymm, 0, sizeof native_out.ymm);
    siglongjmp(back, 1);
}

/* ---- random states ---- */
static uint64_t seed = 1;
static uint64_t rnd(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d);
}
static unsigned below(unsigned n) {
    return (unsigned)((rnd() >> 20) % n);
}

static uint32_t single(void) {
    static const uint32_t edge[] = {0,          0x3f800000, 0x7f800000, 0x7fc00000, 0x7f800001, 0x7fbfffff,
                                    0x7fffffff, 1,          0x7fffff,   0x800000,   0x7f7fffff, 0x4f000000,
                                    0x4effffff, 0x5f000000, 0x3f000000, 0x3f7fffff, 0x33800000, 0x38800000,
                                    0x387fffff, 0x477fe000, 0x477ff000, 0x40490fdb, 0x00400000, 0x20000000,
                                    0x1f800000, 0x5f800000};
    uint32_t v = edge[below(sizeof edge / sizeof *edge)] ^ (uint32_t)(rnd() & UINT32_C(0x80000000));
    switch (below(5)) {
    case 0:
        return (uint32_t)rnd();
    case 1:
        return v + below(3) - 1;
    case 2:
        return (uint32_t)(0x3f000000 + ((uint64_t)below(20) << 23) + (rnd() & 0x807fffff));
    default:
        return v;
    }
}
static uint64_t twice(void) {
    static const uint64_t edge[] = {0,
                                    0x3ff0000000000000,
                                    0x7ff0000000000000,
                                    0x7ff8000000000000,
                                    0x7ff0000000000001,
                                    0x7ff7ffffffffffff,
                                    1,
                                    0xfffffffffffff,
                                    0x10000000000000,
                                    0x7fefffffffffffff,
                                    0x41e0000000000000,
                                    0x41dfffffffc00000,
                                    0x43e0000000000000,
                                    0x3fe0000000000000,
                                    0x47efffffe0000000,
                                    0x47effffff0000000,
                                    0x3810000000000000,
                                    0x36a0000000000000,
                                    0x3690000000000000,
                                    0x380fffffffffffff,
                                    0x8000000000000,
                                    0x3cb0000000000000,
                                    0x1ff0000000000000,
                                    0x2000000000000000,
                                    0x5fe0000000000000};
    uint64_t v = edge[below(sizeof edge / sizeof *edge)] ^ (rnd() & UINT64_C(1) << 63);
    switch (below(5)) {
    case 0:
        return rnd();
    case 1:
        return v + below(3) - 1;
    case 2:
        return UINT64_C(0x3fe0000000000000) + ((uint64_t)below(40) << 52) +
               (rnd() & UINT64_C(0x800fffffffffffff));
    default:
        return v;
    }
}
static void random_bytes(uint8_t *to, unsigned size) {
    static const uint8_t edge[] = {0, 0, 1, 0x7f, 0x80, 0xff, 0xfe, 'a', 'b', 'b'};
    unsigned kind = below(8);
    for (unsigned i = 0; i < size; i += 8) {
        uint64_t v = rnd();
        if (kind < 2)
            v = single() | (uint64_t)single() << 32;
        else if (kind < 4)
            v = twice();
        else if (kind == 4)
            v = edge[v % 10] | (uint64_t)edge[v >> 8 & 7] << 16 | (uint64_t)edge[v >> 16 & 7] << 8 |
                (v & 0x0706050403000000) << 8;
        else if (kind == 5)
            for (unsigned k = 0; k < 8; k++)
                ((uint8_t *)&v)[k] = edge[below(10)];
        else if (kind == 6)
            v = (v & 0x8000000f8000000f) << below(2);
        memcpy(to + i, &v, 8);
    }
}

/* ---- one case ---- */
static struct cpu *cpu;
static struct profile profile;
static uint8_t *code;
static unsigned long compared, failed, faults, skipped;

static bool operand_general(uint8_t t) {
    return (t >= Eb && t <= Ey) || (t >= Rv && t <= Gz) || (t >= By && t <= Bq);
}
static bool gather(const struct row *r) {
    return r->operand[1] == VMx;
}

static unsigned encode(const struct row *r, uint8_t *to, bool memory) {
    unsigned n = 0, digit = r->modrm & 15, map = r->map % 4;
    bool vex = r->map >= MAP_V0F;
    if (r->map >= MAP_V0F)
        map = r->map - MAP_V0F + 1;
    unsigned prefix = r->prefix, reg = below(16), rm = below(16), index = below(16), vvvv = below(16);
    bool has_v = false;
    for (unsigned k = 0; k < 4; k++) {
        if (operand_general(r->operand[k])) { /* not RSP */
            if (reg == 4)
                reg = 5;
            if (rm == 4)
                rm = 6;
        }
        has_v |= r->operand[k] >= Hx && r->operand[k] <= Hsd;
    }
    if (digit)
        reg = digit - 1 + (vex ? 0 : reg & 8);
    if (memory)
        rm = 3; /* RBX */
    bool w = r->attributes & A_W1 ? true : r->attributes & A_W0 ? false : below(2);
    bool l = r->attributes & A_L1 ? true : r->attributes & A_L0 ? false : below(2);
    if (below(64) == 0)
        w = !w;
    if (below(64) == 0)
        l = !l;
    if (!has_v && below(64))
        vvvv = 0;
    bool vsib = gather(r);
    if (vex) {
        to[n++] = 0xc4;
        to[n++] = (uint8_t)((reg & 8 ? 0 : 0x80) | (vsib && index & 8 ? 0 : 0x40) |
                            (!memory && rm & 8 ? 0 : 0x20) | map);
        to[n++] = (uint8_t)((w ? 0x80 : 0) | (~vvvv & 15) << 3 | (l ? 4 : 0) |
                            (prefix == P_66   ? 1
                             : prefix == P_F3 ? 2
                             : prefix == P_F2 ? 3
                                              : 0));
        to[n++] = r->opcode;
    } else {
        if (prefix == P_66 || below(32) == 0)
            to[n++] = 0x66;
        if (prefix == P_F3 || prefix == P_F2)
            to[n++] = prefix == P_F3 ? 0xf3 : 0xf2;
        else if (below(64) == 0)
            to[n++] = below(2) ? 0xf3 : 0xf2;
        to[n++] = (uint8_t)(0x40 | (w ? 8 : 0) | (reg & 8 ? 4 : 0) | (!memory && rm & 8 ? 1 : 0));
        to[n++] = 0x0f;
        if (map == MAP_0F38)
            to[n++] = 0x38;
        if (map == MAP_0F3A)
            to[n++] = 0x3a;
        to[n++] = r->opcode;
    }
    if (r->modrm != MODRM_NONE) {
        unsigned field = vsib ? 4 : rm & 7;
        to[n++] = (uint8_t)((memory ? 0x40 : 0xc0) | (reg & 7) << 3 | field);
        if (vsib)
            to[n++] = (uint8_t)(below(4) << 6 | (index & 7) << 3 | 3);
        if (memory)
            to[n++] = 0;
    }
    for (unsigned k = 0; k < 4; k++)
        if (r->operand[k] == Ib || r->operand[k] == Lx || r->operand[k] == Ldq)
            to[n++] = (uint8_t)(below(2) ? rnd() : below(16));
    return n;
}

static bool supported(const struct row *r) {
    switch (r->feature) {
    case FEATURE_FMA:
        return __builtin_cpu_supports("fma");
    case FEATURE_SSE4A:
        return __builtin_cpu_supports("sse4a");
    case FEATURE_AVX2:
        return __builtin_cpu_supports("avx2");
    default:
        break;
    }
    unsigned a, b, cx, d;
    static const struct {
        enum feature f;
        unsigned leaf, reg, bit;
    } more[] = {{FEATURE_SHA, 7, 1, 29},
                {FEATURE_VAES, 7, 2, 9},
                {FEATURE_VPCLMULQDQ, 7, 2, 10},
                {FEATURE_F16C, 1, 2, 29},
                {FEATURE_AES, 1, 2, 25}};
    for (unsigned i = 0; i < sizeof more / sizeof *more; i++)
        if (more[i].f == r->feature) {
            __cpuid_count(more[i].leaf, 0, a, b, cx, d);
            return (more[i].reg == 1 ? b : cx) >> more[i].bit & 1;
        }
    return true;
}

#if defined(REFCORE_TAIL) && REFCORE_TAIL
static void stop(struct cpu *c, const struct op *o) {
    (void)c, (void)o;
}
#else
static const struct op *stop(struct cpu *c, const struct op *o) {
    (void)c, (void)o;
    return 0;
}
#endif

static unsigned execute(struct cpu *c, const struct op *o) {
    if (setjmp(c->escape))
        return c->raised.vector;
    (void)o->run(c, o);
    return 0;
}
static unsigned run_native(void) {
    native_vector = 0;
    if (sigsetjmp(back, 1) == 0)
        native_run();
    return native_vector;
}

static unsigned shown;
static void show(const struct row *r, const uint8_t *bytes, unsigned n, const char *what, unsigned ours,
                 unsigned theirs) {
    failed++;
    if (shown++ > 40)
        return;
    printf("%s:", r->name);
    for (unsigned i = 0; i < n; i++)
        printf(" %02x", bytes[i]);
    printf("  %s (%u, host %u) mxcsr %04x host's vector %u\n", what, ours, theirs, native_in.mxcsr,
           native_vector);
}
static void show_vector(const char *name, const uint64_t *v, unsigned n) {
    if (shown > 40)
        return;
    printf("    %s", name);
    for (unsigned i = n; i-- > 0;)
        printf(" %016" PRIx64, v[i]);
    printf("\n");
}

static void one(const struct row *r) {
    static uint8_t memory_in[BUFFER], memory_out[BUFFER];
    static union vector before[16];
    struct cpu *c = cpu;
    uint8_t bytes[16] = {0};
    bool memory = r->modrm != MODRM_NONE && (r->modrm & MODRM_REG) != MODRM_REG &&
                  (below(2) || (r->modrm & MODRM_MEM) == MODRM_MEM);
    for (unsigned k = 0; k < 4; k++)
        if (r->operand[k] == Ux || r->operand[k] == Udq || r->operand[k] == Nq)
            memory = false;
    unsigned n = encode(r, bytes, memory);

    /* state */
    memset(&native_in, 0, sizeof native_in);
    native_in.present = 7;
    native_in.control = 0x37f;
    unsigned top = below(8);
    native_in.status = (uint16_t)(top << 11 | below(8) << 8);
    native_in.tags = (uint8_t)rnd();
    native_in.mxcsr = (uint32_t)(rnd() & 0xe07f) | 0x1f80;
    if (below(2))
        native_in.mxcsr ^= (uint32_t)(rnd() & 0x1f80);
    if (below(4) == 0)
        native_in.mxcsr &= ~(1U << (7 + below(6)));
    memset(c->x87.r, 0, sizeof c->x87.r);
    for (unsigned i = 0; i < 8; i++) {
        uint64_t v;
        random_bytes((uint8_t *)&v, 8);
        native_in.st[i][0] = v;
        native_in.st[i][1] = (uint16_t)rnd();
        c->x87.r[(top + i) & 7].significand = v;
        c->x87.r[(top + i) & 7].sign_exponent = (uint16_t)native_in.st[i][1];
    }
    unsigned pattern = below(3);
    for (unsigned i = 0; i < 16; i++) {
        random_bytes(c->v[i].b, 16);
        random_bytes(c->v[i].b + 16, 16);
        if (i && pattern == 0 && below(3) == 0)
            c->v[i] = c->v[below(i)];
    }
    for (unsigned i = 0; i < 16; i++)
        c->r[i] = below(2) ? rnd() : below(2) ? (uint64_t)((int64_t)below(64) - 32) : single();
    random_bytes(buffer, BUFFER);
    for (unsigned at = 0; at < BUFFER; at += 64)
        random_bytes(buffer + at, 64);
    unsigned place = PAGE / 2 + 64 * below(32);
    if (below(3) == 0)
        place += below(64);
    if (below(16) == 0)
        place = BUFFER - below(40);
    c->r[R_BX] = (uintptr_t)buffer + place;
    c->r[R_DI] = (uintptr_t)buffer + (below(8) ? place : BUFFER - below(16));
    if (gather(r))
        for (unsigned i = 0; i < 16; i++) {
            bool wide = r->opcode & 1;
            bool near = below(4);
            for (unsigned k = 0; k < 8; k++) {
                int value = near ? (int)below(below(8) ? 200 : 2000) - 100 : (int)rnd() >> 6;
                if (!wide)
                    c->v[i].sd[k] = value;
                else if (k < 4)
                    c->v[i].sq[k] = value;
            }
        }
    c->x87.status = native_in.status;
    c->x87.tags = native_in.tags;
    c->x87.control = native_in.control;
    c->mxcsr = native_in.mxcsr;
    for (unsigned i = 0; i < 16; i++) {
        memcpy(native_in.xmm[i], &c->v[i], 16);
        memcpy(native_in.ymm[i], &c->v[i].q[2], 16);
        native_state.r[i] = c->r[i];
    }
    memcpy(before, c->v, sizeof before);
    uint64_t flags = 0x202 | (rnd() & FLAGS_STATUS);
    native_state.flags = flags;
    flags_set(c, flags);
    memcpy(memory_in, buffer, BUFFER);

    /* the core */
    struct insn insn;
    unsigned ours = VECTOR_UD;
    if (decode(&profile, c->mode, bytes, n, &insn) == DECODE_OK && insn.length == n) {
        const struct entry *e = 0;
        bool stack_pointer = false; /* which the native side needs itself */
        for (unsigned k = 0; k < 4; k++)
            stack_pointer |= operand_general(insn.row->operand[k]) &&
                             (insn.reg == R_SP || (!insn.memory && insn.rm == R_SP));
        for (unsigned i = 0; i < sizeof entry_of / sizeof *entry_of && !e; i++)
            if (strcmp(entry_of[i].name, insn.row->name) == 0)
                e = entry_of[i].entry;
        if (!e || stack_pointer || !supported(insn.row)) {
            skipped++;
            return;
        }
        struct op ops[2] = {{.run = e->run[0][0],
                             .reg = insn.reg,
                             .rm = insn.rm,
                             .base = insn.base,
                             .index = insn.index,
                             .scale = insn.scale,
                             .seg = insn.segment,
                             .vvvv = insn.vvvv,
                             .bits = (uint8_t)(OP_ADDRESS_64 |
                                               (insn.operand_bits == 64   ? 3
                                                : insn.operand_bits == 16 ? 1
                                                                          : 2)
                                                   << OP_SIZE_SHIFT |
                                               (insn.memory ? OP_MEMORY : 0) | (insn.vex_l ? OP_VEX_256 : 0)),
                             .disp = (int32_t)insn.disp,
                             .length = insn.length,
                             .end = insn.length,
                             .ordinal = 1,
                             .imm = insn.imm},
                            {.run = stop}};
        ours = execute(c, ops);
    }
    memcpy(memory_out, buffer, BUFFER);
    memcpy(buffer, memory_in, BUFFER);

    /* the host */
    static const uint8_t jump[6] = {0xff, 0x25, 0, 0, 0, 0};
    void (*after)(void) = native_after;
    memcpy(code, bytes, n);
    memcpy(code + n, jump, 6);
    memcpy(code + n + 6, &after, 8);
    native_state.target = (uintptr_t)code;
    unsigned theirs = run_native();

    compared++;
    faults += theirs != 0;
    /* AMD silicon takes VPERMQ and VPERMPD with VEX.W = 0, which both manuals leave undefined */
    if (ours == VECTOR_UD && r->attributes & A_W1 && r->map == MAP_V0F3A && r->opcode <= 1 &&
        !(bytes[2] & 0x80)) {
        skipped++;
        return;
    }
    if (ours != theirs) {
        show(r, bytes, n, "vector", ours, theirs);
        return;
    }
    for (unsigned i = 0; i < 16; i++) {
        union vector v;
        memcpy(&v, native_out.xmm[i], 16);
        memcpy(&v.q[2], native_out.ymm[i], 16);
        if (memcmp(&v, &c->v[i], 32) != 0) {
            show(r, bytes, n, "vector register", i, theirs);
            show_vector("core  ", c->v[i].q, 4);
            show_vector("host  ", v.q, 4);
            show_vector("before", before[insn.reg].q, 4);
            show_vector("vvvv  ", before[insn.vvvv].q, 4);
            if (insn.memory) {
                uint64_t m[4];
                memcpy(m, memory_in + place, place + 32 <= BUFFER ? 32 : BUFFER - place);
                show_vector("memory", m, 4);
            } else {
                show_vector("rm    ", before[insn.rm].q, 4);
            }
            return;
        }
        if (i != R_SP && native_state.r[i] != c->r[i]) {
            show(r, bytes, n, "general register", i, theirs);
            show_vector("core  ", &c->r[i], 1);
            show_vector("host  ", &native_state.r[i], 1);
            return;
        }
    }
    if (native_out.mxcsr != c->mxcsr) {
        show(r, bytes, n, "mxcsr", c->mxcsr, native_out.mxcsr);
        show_vector("before", before[insn.reg].q, 4);
        show_vector("vvvv  ", before[insn.vvvv].q, 4);
        show_vector("rm    ", before[insn.rm].q, 4);
        return;
    }
    if ((native_state.flags ^ flags_get(c)) & FLAGS_STATUS) {
        show(r, bytes, n, "flags", (unsigned)flags_status(c), (unsigned)native_state.flags & FLAGS_STATUS);
        return;
    }
    unsigned host_top = native_out.status >> 11 & 7;
    if (native_out.status != c->x87.status || native_out.tags != c->x87.tags) {
        show(r, bytes, n, "x87 status", c->x87.status, native_out.status);
        return;
    }
    for (unsigned i = 0; i < 8; i++) {
        const struct x87_register *x = &c->x87.r[(host_top + i) & 7];
        if (x->significand != native_out.st[i][0] || x->sign_exponent != (uint16_t)native_out.st[i][1]) {
            show(r, bytes, n, "mmx register", i, theirs);
            show_vector("core  ", &x->significand, 1);
            show_vector("host  ", &native_out.st[i][0], 1);
            return;
        }
    }
    if (memcmp(buffer, memory_out, BUFFER) != 0)
        show(r, bytes, n, "memory", 0, theirs);
}

int main(int argc, char **argv) {
    unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 2000;
    if (argc > 2)
        seed = strtoull(argv[2], 0, 0) | 1;
    if (!__builtin_cpu_supports("avx2")) {
        printf("the host has no AVX2: nothing compared\n");
        return 0;
    }
    uint8_t *map = mmap((void *)0x20000000, BUFFER + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    code = mmap(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cpu = aligned_alloc(64, (sizeof *cpu + 63) / 64 * 64);
    if (map == MAP_FAILED || code == MAP_FAILED || !cpu)
        return 2;
    buffer = map + PAGE;
    mprotect(buffer, BUFFER, PROT_READ | PROT_WRITE);
    static uint8_t alternate[65536];
    stack_t s = {.ss_sp = alternate, .ss_size = sizeof alternate};
    sigaltstack(&s, 0);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, 0);
    sigaction(SIGILL, &action, 0);
    sigaction(SIGFPE, &action, 0);
    sigaction(SIGBUS, &action, 0);

    memset(cpu, 0, sizeof *cpu);
    memset(profile.features, 0xff, sizeof profile.features);
    __builtin_cpu_init();
    profile.vendor = __builtin_cpu_is("amd") ? VENDOR_AMD : VENDOR_INTEL;
    bool amd = profile.vendor == VENDOR_AMD;
    profile.choice.mmx_transition_first = profile.choice.maskmov_checks_all = amd;
    profile.choice.sha_unaligned = profile.choice.gather_mask_in_order = amd;
    profile.choice.cvtpi2ps_memory_x87 = !amd;
    profile.mxcsr_mask = 0x2ffff;
    cpu->profile = &profile;
    cpu->mode = MODE_CODE_64 | MODE_PE | MODE_LMA;
    cpu->cr0 = CR0_PE | CR0_NE;
    cpu->cr4 = CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_OSXSAVE;
    cpu->cpl = 3;
    cpu->tlbs = cpu->spaces[0].tlbs;
    cpu->tlb = &cpu->tlbs[TLB_NONE];
    for (unsigned i = 0; i < TLB_SIZE; i++)
        cpu->tlb->entry[i].read = cpu->tlb->entry[i].write = TLB_NO_TAG;

    for (unsigned i = 0; i < row_count; i++) {
        const struct row *r = &rows[i];
        bool mine = false;
        for (unsigned k = 0; k < sizeof entry_of / sizeof *entry_of; k++)
            mine |= strcmp(entry_of[k].name, r->name) == 0;
        mine = mine && r->forms == SINGLE && r->map != MAP_1 && r->attributes & (A_MMX | A_SSE | A_AVX);
        if (!mine || !supported(r) || (argc > 3 && strcmp(argv[3], r->name) != 0))
            continue;
        unsigned long before = failed;
        for (unsigned k = 0; k < rounds; k++)
            one(r);
        if (failed != before)
            printf("-- %s %02x: %lu of %u differ\n", r->name, r->opcode, failed - before, rounds);
        shown = shown > 40 ? 38 : 0;
    }
    printf("%lu executions compared (%lu faults), %lu differ, %lu not comparable\n", compared, faults, failed,
           skipped);
    return failed != 0;
}
