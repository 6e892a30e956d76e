/* SPDX-License-Identifier: BSD-2-Clause */
/* test_integer.c - opcodes_integer.def against the host processor at CPL 3: random encodings of every row
 * valid in 64-bit mode, decoded, translated and executed by the core and executed natively; registers,
 * memory, defined flags and #DE compared.
 *
 *     test_integer [rounds a row [seed]]
 *
 * Links with decode.c, rows.c and the integer groups of exec/; memory is a flat stand-in, so that floors 2 to
 * 4 are not needed. */
#include "../src/block.c"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>

/* LEAVE_BLOCKS answers NULL, so does a repeated instruction that has not finished: it is then called again */
#define OP(map_, opcode_, prefix_, modrm_, op1, op2, op3, op4, entry_name, forms_, written_, undefined_,     \
           attributes_, feature_, cite_)                                                                     \
    extern const struct entry entry_##entry_name;
#include "../src/decode/opcodes_integer.def"
#undef OP
const struct entry *const entries[] = {
#define OP(map_, opcode_, prefix_, modrm_, op1, op2, op3, op4, entry_name, forms_, written_, undefined_,     \
           attributes_, feature_, cite_)                                                                     \
    &entry_##entry_name,
#include "../src/decode/opcodes_integer.def"
#undef OP
};
enum { ROWS = sizeof entries / sizeof *entries };

/* ---- stand-ins for the floors below ---- */
enum { BUFFER = 0x6000, MIDDLE = 0x3000 };
static uint8_t *buffer; /* below 4 GiB */

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
    (void)alignment;
    mem_probe_write(c, o, seg, offset, size);
    memcpy(to, (void *)(uintptr_t)offset, size);
}
void mem_write_bytes(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, const void *from,
                     unsigned size, unsigned alignment) {
    (void)alignment;
    mem_probe_write(c, o, seg, offset, size);
    memcpy((void *)(uintptr_t)offset, from, size);
}
uint8_t *translate(struct cpu *c, uint64_t linear, enum access access, enum tlb_class privilege,
                   uint64_t *address) {
    (void)c, (void)linear, (void)access, (void)privilege, (void)address;
    return 0;
}
unsigned fetch_code(struct cpu *c, uint64_t rip, unsigned have, unsigned want, uint8_t *to,
                    uint64_t *address) {
    (void)c, (void)rip, (void)have, (void)want, (void)to, (void)address;
    return 0;
}
void tlb_protect_code(struct cpu *c, uint64_t page) {
    (void)c, (void)page;
}
void code_watch_set(struct cpu *c, void (*written)(struct cpu *c, uint64_t address, size_t size)) {
    (void)c, (void)written;
}
void mode_changed(struct cpu *c) {
    (void)c;
}
void event_dispatch(struct cpu *c) {
    (void)c;
}
bool event_boundary(struct cpu *c) {
    return (void)c, false;
}
void debug_after_instruction(struct cpu *c, uint64_t flags_before, bool branched) {
    (void)c, (void)flags_before, (void)branched;
}

/* ---- the host ---- */
struct image {
    uint64_t flags, r[16]; /* in the order they are popped: RAX RCX ... R15, RSP last: see order[] */
};
static const uint8_t order[16] = {0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 4};
static struct image *in, *out;
static uint64_t *host_rsp;
static uint8_t *code, *mark;
enum { PROLOGUE = 58, TAKEN = 10 }; /* bytes before the instruction; where a branch goes, from the next one */
static sigjmp_buf back;
enum { NO_FAULT = 255 };
static volatile int caught;

static void on_signal(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    caught = number == SIGFPE                        ? VECTOR_DE
             : number == SIGILL                      ? VECTOR_UD
             : number == SIGSEGV || number == SIGBUS ? VECTOR_PF
                                                     : 254;
    siglongjmp(back, 1);
}
static uint8_t *emit(uint8_t *at, const void *bytes, size_t n) {
    return (uint8_t *)memcpy(at, bytes, n) + n;
}
static uint8_t *emit64(uint8_t *at, const char *opcode, size_t n, const void *pointer) {
    uint64_t address = (uintptr_t)pointer;
    at = emit(at, opcode, n);
    return emit(at, &address, 8);
}
/* Runs the instruction on `in`, results in `out`; answers the vector of a fault or NO_FAULT. */
static int run_native(const uint8_t *bytes, unsigned length, bool branch) {
    uint8_t *p = code;
    p = emit(p, "\x53\x55\x41\x54\x41\x55\x41\x56\x41\x57\x48\x89\xe0",
             13); /* push rbx rbp r12-r15; mov rax, rsp */
    p = emit64(p, "\x48\xa3", 2, host_rsp);
    p = emit64(p, "\x48\xbc", 2, in);
    *p++ = 0x9d; /* popfq */
    for (unsigned k = 0; k < 16; k++) {
        if (order[k] >= 8)
            *p++ = 0x41;
        *p++ = (uint8_t)(0x58 + (order[k] & 7));
    }
    p = emit(p, bytes, length);
    if (branch) {
        /* *mark becomes 1 where it falls through, 2 at its target */
        uint32_t at = (uint32_t)(uintptr_t)mark;
        p = emit(emit(emit(p, "\xc6\x04\x25", 3), &at, 4), "\x01\xeb\x08", 3);
        p = emit(emit(emit(p, "\xc6\x04\x25", 3), &at, 4), "\x02", 1);
    }
    p = emit64(p, "\x48\xa3", 2, &out->r[0]);
    p = emit(p, "\x48\x89\xe0", 3);
    p = emit64(p, "\x48\xa3", 2, &out->r[15]); /* RSP */
    p = emit64(p, "\x48\xbc", 2, &out->r[15]);
    for (unsigned k = 15; k-- > 1;) {
        if (order[k] >= 8)
            *p++ = 0x41;
        *p++ = (uint8_t)(0x50 + (order[k] & 7));
    }
    p = emit64(p, "\x48\xbc", 2, &out->r[0]);
    p = emit(p, "\x9c\xfc", 2); /* pushfq; cld */
    p = emit64(p, "\x48\xa1", 2, host_rsp);
    p = emit(p, "\x48\x89\xc4\x41\x5f\x41\x5e\x41\x5d\x41\x5c\x5d\x5b\xc3", 14);
    caught = NO_FAULT;
    if (sigsetjmp(back, 1) == 0)
        ((void (*)(void))(uintptr_t)code)();
    return caught;
}

static uint64_t state = 88172645463325252u;
static uint64_t bits64(void) {
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}
static unsigned below(unsigned n) {
    return (unsigned)(bits64() >> 20) % n;
}
static uint64_t value(void) {
    static const uint64_t edge[] = {0,
                                    1,
                                    2,
                                    0x7f,
                                    0x80,
                                    0xff,
                                    0x7fff,
                                    0x8000,
                                    0xffff,
                                    0x7fffffff,
                                    0x80000000,
                                    0xffffffff,
                                    INT64_MAX,
                                    UINT64_C(1) << 63,
                                    ~UINT64_C(0),
                                    ~UINT64_C(0) - 1,
                                    0x9a,
                                    0x0a};
    switch (below(6)) {
    case 0:
        return edge[below(sizeof edge / sizeof *edge)];
    case 1:
        return below(70);
    case 2:
        return (uint64_t)(int64_t)(int8_t)bits64();
    case 3:
        return (bits64() & bits64()) & bits64();
    default:
        return bits64();
    }
}

static bool is_string(const struct row *row) {
    return (row->attributes & A_STRING) != 0;
}
static bool has_imm64_offset(const struct row *row) {
    return row->operand[0] == Ob || row->operand[0] == Ov || row->operand[1] == Ob || row->operand[1] == Ov;
}

/* A random encoding of `row`, with the registers of `in` fit for it. */
static unsigned encode(const struct row *row, uint8_t *b) {
    uint8_t *p = b;
    bool vex = row->map >= MAP_V0F, address32 = below(8) == 0;
    unsigned rex = 0x40 | below(16);
    if (row->attributes & A_W1)
        rex |= 8;
    if (row->attributes & A_W0)
        rex &= ~8U;
    if (address32)
        *p++ = 0x67;
    unsigned w = rex >> 3 & 1, r = rex >> 2 & 1, x = rex >> 1 & 1, base_high = rex & 1;
    unsigned modrm = below(256), mod = modrm >> 6, reg = modrm >> 3 & 7, rm = modrm & 7;
    if ((row->modrm & 0xff) && !(row->modrm & MODRM_EXACT))
        reg = (row->modrm & 0xffU) - 1;
    if ((row->modrm & MODRM_MEM) == MODRM_MEM && row->modrm != MODRM_ANY)
        mod = 1;
    if ((row->modrm & MODRM_REG) == MODRM_REG)
        mod = 3;
    if (mod != 3)
        mod = 1;
    if (vex) {
        unsigned vvvv = 0;
        for (unsigned k = 0; k < 4; k++)
            if (row->operand[k] == By)
                vvvv = below(16);
        unsigned pp = row->prefix & P_66 ? 1 : row->prefix & P_F3 ? 2 : row->prefix & P_F2 ? 3 : 0;
        *p++ = 0xc4;
        *p++ = (uint8_t)((r ? 0 : 0x80) | (x ? 0 : 0x40) | (base_high ? 0 : 0x20) | (row->map - MAP_V0F + 1));
        *p++ = (uint8_t)(w << 7 | (15 - vvvv) << 3 | pp);
    } else {
        if (row->prefix == P_ANY || (row->prefix & (P_NONE | P_66)) == (P_NONE | P_66) ||
            row->prefix & (P_F3 | P_F2)) {
            if (below(4) == 0 && !(row->attributes & A_END))
                *p++ = 0x66;
        } else if (row->prefix == P_66) {
            *p++ = 0x66;
        }
        if (row->prefix == P_F3)
            *p++ = 0xf3;
        else if (row->prefix == P_F2)
            *p++ = 0xf2;
        else if (is_string(row) && below(4))
            *p++ = below(2) ? 0xf3 : 0xf2;
        if (below(3) || w)
            *p++ = (uint8_t)rex;
        else
            w = r = x = base_high = 0;
        if (row->map != MAP_1)
            *p++ = 0x0f;
        if (row->map == MAP_0F38)
            *p++ = 0x38;
        if (row->map == MAP_0F3A)
            *p++ = 0x3a;
    }
    *p++ = row->opcode;
    if (row->modrm != MODRM_NONE) {
        *p++ = (uint8_t)(mod << 6 | reg << 3 | rm);
        if (mod != 3) {
            int disp = (int)below(200) - 100;
            unsigned base = rm | base_high << 3, index = 4;
            if (rm == 4) {
                index = below(8);
                if ((index | x << 3) == 4)
                    x = 0;
                base = 5 | base_high << 3;
                *p++ = (uint8_t)(below(4) << 6 | index << 3 | 5);
                index |= x << 3;
                if (index == base) {
                    p[-1] = (uint8_t)((p[-1] & 0xc7) | 4 << 3);
                    if (x)
                        return 0;
                    index = 4;
                }
                if (index != 4)
                    in->r[index] = below(100);
            }
            *p++ = (uint8_t)disp;
            in->r[base] = (uintptr_t)buffer + MIDDLE - 8 + below(16);
            if (below(4) == 0) /* near the page's end */
                in->r[base] = ((uintptr_t)buffer + MIDDLE) - (unsigned)disp - below(20);
            if (below(3) == 0)
                in->r[base] &= ~UINT64_C(15), p[-1] = (uint8_t)(disp & ~15);
            if (address32)
                in->r[base] |= bits64() << 32;
            unsigned source = reg | r << 3;
            if (strstr(row->name, "_STRING") && (source == base || source == index))
                return 0; /* an address beyond the buffer */
            if (strstr(row->name, "_STRING") && source != base && source != index)
                in->r[source] = (in->r[source] & (w ? 0 : ~UINT64_C(0xffffffff))) |
                                (uint64_t)((int64_t)below(4000) - 2000);
        }
    }
    if (strcmp(row->name, "ENTER") == 0) {
        *p++ = (uint8_t)below(256), *p++ = (uint8_t)below(2), *p++ = (uint8_t)below(256);
    } else if (has_imm64_offset(row)) {
        uint64_t at = (uintptr_t)buffer + MIDDLE - below(16);
        p = emit(p, &at, address32 ? 4 : 8);
    } else {
        for (unsigned k = 0; k < 8; k++)
            p[k] = (uint8_t)bits64();
        if (below(3) == 0)
            p[0] = (uint8_t)below(66);
        p += 8; /* the decoder tells how many count */
    }
    return (unsigned)(p - b);
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 3000;
    if (argc > 2)
        state ^= strtoull(argv[2], 0, 0) * 0x9e3779b97f4a7c15u;
    static uint8_t stack[1 << 16], before[BUFFER], after[BUFFER];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, 0);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    for (int k = 0; k < 4; k++)
        sigaction((int[]){SIGFPE, SIGILL, SIGSEGV, SIGBUS}[k], &action, 0);
    uint8_t *low =
        mmap(0, BUFFER + 0x2000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    static struct cpu machine, *c = &machine;
    if (low == MAP_FAILED || code == MAP_FAILED)
        return 77;
    buffer = low;
    in = (void *)(low + BUFFER);
    out = (void *)(low + BUFFER + 0x800);
    host_rsp = (void *)(low + BUFFER + 0x1000);
    mark = low + BUFFER + 0x1800;
    static struct profile profile = {.vendor = VENDOR_AMD};
    memset(profile.features, 0xff, sizeof profile.features);
    profile.choice.branch_operand16_long = true;
    c->profile = &profile;
    c->mode = MODE_CODE_64 | MODE_PE | MODE_LMA;
    c->cr0 = CR0_PE;
    c->flags_defined = ~UINT64_C(0);
    c->tlbs = c->spaces[0].tlbs;
    c->tlb = &c->tlbs[0];
    for (unsigned i = 0; i < TLB_SIZE; i++)
        c->tlb->entry[i] = (struct tlb_entry){TLB_NO_TAG, TLB_NO_TAG, TLB_NO_TAG, 0};
    for (uint64_t page = (uintptr_t)buffer; page < (uintptr_t)buffer + BUFFER;
         page += 0x2000) /* every other page: slow ways too */
        *tlb_slot(c->tlb, page) = (struct tlb_entry){page, page, page, 0};

    static unsigned long runs, bad; /* static: longjmp */
    static unsigned n, shown, done;
    static int round;
    for (n = 0; n < ROWS; n++) {
        const struct row *row = &rows[n];
        shown = done = 0;
        if (row->attributes & A_I64)
            continue;
        bool branch = (row->attributes & A_END) != 0;
        for (round = 0; round < rounds; round++) {
            uint8_t bytes[32];
            struct insn i;
            for (unsigned k = 0; k < 16; k++)
                in->r[k] = value();
            in->r[4] = (uintptr_t)buffer + MIDDLE - below(32);
            if (strcmp(row->name, "LEAVE") == 0 || strcmp(row->name, "ENTER") == 0)
                in->r[5] = (uintptr_t)buffer + MIDDLE + 64 - below(80);
            if (strcmp(row->name, "XLAT") == 0)
                in->r[3] = (uintptr_t)buffer + MIDDLE - below(256);
            if (is_string(row)) {
                in->r[6] = (uintptr_t)buffer + MIDDLE - below(600) + 300;
                in->r[7] =
                    below(2) ? (uintptr_t)buffer + MIDDLE - below(600) + 300 : in->r[6] - below(20) + 10;
                in->r[1] = below(70);
            }
            for (unsigned k = 0; k < BUFFER / 8; k++) {
                uint64_t v = is_string(row) ? (below(30) ? 0x5a5a5a5a5a5a5a5a : bits64()) : bits64();
                memcpy(buffer + 8 * k, &v, 8);
            }
            if (is_string(row) && below(2))
                in->r[0] = 0x5a5a5a5a5a5a5a5a;
            if (below(4) == 0)
                memcpy(buffer + MIDDLE, &in->r[0], 8), memcpy(buffer + MIDDLE + 8, &in->r[2], 8);
            in->flags = (bits64() & (FLAGS_STATUS | (is_string(row) ? FLAG_DF : 0U))) | 0x202;
            unsigned size = encode(row, bytes);
            if (size == 0 || decode(&profile, c->mode, bytes, size > 15 ? 15 : size, &i) != DECODE_OK ||
                i.row != row)
                continue;
            struct image native_in;
            static uint64_t target; /* static: longjmp */
            target = (uintptr_t)code + PROLOGUE + i.length + TAKEN;
            if (branch) {
                /* direct: the displacement leads to the target; indirect: register, memory or stack hold it
                 */
                if (row->operand[0] == Jb)
                    bytes[i.length - 1] = TAKEN;
                else if (row->operand[0] == Jz)
                    memcpy(bytes + i.length - 4, &(int32_t){TAKEN}, 4);
                else if (row->operand[0] != Ev)
                    memcpy((void *)(uintptr_t)in->r[4], &target, 8);
                else if (!i.memory && i.rm != 4)
                    in->r[i.rm] = target;
                else if (i.memory) {
                    uint64_t at = (i.base < 16 ? in->r[i.base] : 0) +
                                  (i.index < 16 ? in->r[i.index] << i.scale : 0) + (uint64_t)i.disp;
                    at = i.address_bits == 32 ? (uint32_t)at : at;
                    if (!inside(at, 8) || i.segment >= SEG_FS)
                        continue;
                    memcpy((void *)(uintptr_t)at, &target, 8);
                } else
                    continue;
                if (decode(&profile, c->mode, bytes, i.length, &i) != DECODE_OK)
                    continue;
            }
            memcpy(before, buffer, BUFFER);
            /* pop order */
            struct image by_number = *in;
            for (unsigned k = 0; k < 16; k++)
                in->r[k] = by_number.r[order[k]];
            native_in = *in;
            int vector = run_native(bytes, i.length, branch);
            *in = native_in;
            memcpy(after, buffer, BUFFER);
            memcpy(buffer, before, BUFFER);

            struct op op[4];
            memset(op, 0, sizeof op);
            translate_op(c->mode, &i, 0, 1, op);
            for (unsigned k = 0; k < 16; k++)
                c->r[k] = by_number.r[k];
            c->r[R_BLOCK] = (uintptr_t)code + PROLOGUE;
            c->left = 0; /* branches leave */
            flags_set(c, by_number.flags);
            c->op = 0;
            c->raised.vector = NO_FAULT;
            if (setjmp(c->escape) == 0) {
                while (!op->run(c, op) && !branch) {
                }
            }
            runs++, done++;
            bool faulted = c->raised.vector != NO_FAULT, segv = vector == VECTOR_PF;
            bool differs = faulted != (vector != NO_FAULT) ||
                           (faulted && !(segv ? c->raised.vector >= VECTOR_SS && c->raised.vector <= VECTOR_PF
                                              : c->raised.vector == vector));
            uint64_t flags = flags_get(c), mask = (FLAGS_STATUS | FLAG_DF) & ~(uint64_t)row->flags_undefined;
            if (!faulted && vector == NO_FAULT) {
                for (unsigned k = 0; k < 16; k++)
                    differs |= c->r[order[k]] != out->r[k];
                differs |= ((flags ^ out->flags) & mask) != 0;
                differs |= memcmp(buffer, after, BUFFER) != 0;
                differs |= branch && c->rip != (*mark == 2 ? target : target - TAKEN);
            } else if (faulted) {
                differs |= memcmp(c->r, by_number.r, 16 * 8) != 0 && !is_string(row);
            }
            if (!differs)
                continue;
            bad++;
            if (shown++ >= 3)
                continue;
            printf("%s /%x:", row->name, row->opcode);
            for (unsigned k = 0; k < i.length; k++)
                printf(" %02x", bytes[k]);
            printf("  vector %u host %d flags %lx: %lx host %lx%s\n", c->raised.vector, vector,
                   (unsigned long)by_number.flags & 0xcd5, (unsigned long)flags & 0xcd5,
                   (unsigned long)out->flags & 0xcd5,
                   vector == NO_FAULT && memcmp(buffer, after, BUFFER) ? " memory differs" : "");
            for (unsigned k = 0; k < 16 && vector == NO_FAULT; k++) {
                if (c->r[order[k]] != out->r[k])
                    printf("    r%u was %lx: %lx host %lx\n", order[k], (unsigned long)by_number.r[order[k]],
                           (unsigned long)c->r[order[k]], (unsigned long)out->r[k]);
            }
        }
        if (done == 0)
            printf("%s /%x: nothing was run\n", row->name, row->opcode), bad++;
    }
    printf("%lu executions, %lu differ\n", runs, bad);
    return bad != 0;
}
