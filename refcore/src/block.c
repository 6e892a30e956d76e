/* SPDX-License-Identifier: BSD-2-Clause */
/* block.c - decoded blocks, their links, and the run loop.
 *
 * A block is a run of instructions within one physical page, decoded once under one mode word. It ends at a
 * control transfer, at an instruction after which events are looked for, at the page's end, or after
 * BLOCK_OPS instructions. An instruction that crosses a page, fails to decode, or is to be stepped, is
 * decoded afresh into a block of its own that is never kept.
 *
 * RIP and the instruction count are kept per block: a fault finds them in its op (cpu_sync). When a page
 * with blocks is written, the blocks hit are overwritten in place with `stale` ops, so that even the block
 * being executed leaves at the next instruction. */
#include "block.h"
#include "cpu/ablation.h"
#include "decode/branch.h"
#include "decode/operand.h"
#include "exec/table.h"

#include <stdlib.h>

enum {
    BLOCK_OPS = ABLATED(BLOCKS) ? 1 : 32,
    BLOCK_BYTES = 240,
    ARENA_OPS = 1 << 18,
    BUCKETS = 1 << 14,
    JUMPS = 1 << 14,
    QUANTUM = 10000,
    NONE = 0, /* blocks are numbered from 1 on */
};

/* Two op slots behind a block's last op: where its two successors are. */
struct link {
    struct {
        const struct op *to;
        uint64_t generation, rip;
    } slot[2];
    uint64_t spare[2];
};
_Static_assert(sizeof(struct link) == 2 * sizeof(struct op), "a link fills two op slots");

struct block {
    uint64_t address; /* physical, of the first byte */
    uint32_t mode;
    uint16_t ops, bytes;
    struct op *op;
    int next_in_bucket, next_in_page;
};

struct jump {
    uint64_t rip, generation; /* 0, which no generation is: none */
    const struct op *op;
};

struct block_cache {
    struct op *arena;
    unsigned used;
    struct block *block;
    unsigned blocks, flushes;
    int bucket[BUCKETS];
    int page[BUCKETS];       /* chains of blocks by physical page, hashed */
    struct jump jump[JUMPS]; /* for some 10,000 pages of code */
    struct op single[4];     /* the instruction decoded for one execution, and what follows it */
    enum branch branch;      /* what the instruction in `single` is */
    void (*hook)(void *context, struct cpu *c, const struct insn *i);
    void *hook_context;
};

static HANDLER_RESULT run_fall(struct cpu *c, const struct op *o);
static HANDLER_RESULT run_stale(struct cpu *c, const struct op *o);
static HANDLER_RESULT run_undefined(struct cpu *c, const struct op *o);
static HANDLER_RESULT run_too_long(struct cpu *c, const struct op *o);
static const struct op *find_block(struct cpu *c);

/* ---- ends of handlers ---- */

HANDLER_RESULT block_leave(struct cpu *c, const struct op *o) {
    c->left -= o->ordinal;
    LEAVE_BLOCKS;
}

/* What event_boundary() looks for. Its interrupts: the devices' line changes only where a handler leaves
 * (ports, memory-mapped registers, MSRs) or at the deadline, when `left` has run out. */
static inline bool event_waits(const struct cpu *c) {
    const uint64_t virtual_interrupt = FLAG_VIF | FLAG_VIP;
    uint64_t flags = c->rflags;
    /* run_state, shadow, nmi_pending, init_pending, step */
    _Static_assert(offsetof(struct cpu, step) == offsetof(struct cpu, run_state) + 7 && RUN_NORMAL == 0, "");
    uint64_t at_once;
    memcpy(&at_once, &c->run_state, sizeof at_once);
    if (LIKELY(!(flags & (FLAG_IF | FLAG_VIP))))
        return at_once | c->pending_debug;
    return at_once || c->pending_debug || ((flags & FLAG_IF) && c->bus->interrupt) ||
           (flags & virtual_interrupt) == virtual_interrupt;
}

/* The code segment's limit over a whole block; 64-bit code has none, and no block of a flat segment crosses its
 * end, which is a page's. */
static inline bool within_limit(const struct cpu *c, const struct op *first) {
    return (c->mode & (MODE_CODE_64 | MODE_FLAT)) || c->rip + first->block_bytes - 1 <= c->seg[SEG_CS].limit;
}

/* Whether the block at c->rip has been met since translations changed: *to, with R_BLOCK set. */
static inline __attribute__((always_inline)) bool known_block(struct cpu *c, const struct op **to) {
    const struct jump *j = &c->blocks->jump[(c->rip ^ c->rip >> 12) & (JUMPS - 1)];
    uint64_t linear = c->seg[SEG_CS].base + c->rip;
    if (UNLIKELY(j->rip != linear || j->generation != c->generation || !within_limit(c, j->op)) ||
        ABLATED(JUMPS))
        return false;
    c->r[R_BLOCK] = c->rip;
    *to = j->op;
    return true;
}

/* To the block at c->rip, whatever it takes; raises what the fetch raises. Apart, so that the ends of
 * handlers need no stack frame. */
static COLD HANDLER_RESULT block_find(struct cpu *c, const struct op *o) {
    (void)o;
    if (c->left < 0)
        LEAVE_BLOCKS;
    c->op = 0;
    c->charge = 0;
    const struct op *to = find_block(c);
    GOTO_OP(to);
}

HANDLER_RESULT block_indirect(struct cpu *c, const struct op *o) {
    c->left -= o->ordinal;
    if (UNLIKELY(c->left < 0))
        LEAVE_BLOCKS;
    const struct op *to;
    if (UNLIKELY(!known_block(c, &to)))
        TAIL_CALL(block_find);
    GOTO_OP(to);
}

HANDLER_RESULT block_resume(struct cpu *c, const struct op *o) {
    c->left -= o->ordinal;
    c->charge = 0;
    if (UNLIKELY(c->left < 0 || event_waits(c)) || ABLATED(RESUME))
        LEAVE_BLOCKS;
    const struct op *to;
    if (UNLIKELY(!known_block(c, &to)))
        TAIL_CALL(block_find);
    GOTO_OP(to);
}

static struct link *link_of(const struct op *o) {
    return (struct link *)(uintptr_t)(o + 1);
}

/* The block at c->rip, whatever it takes, which slot `k` of `o` is linked with if it is one that is kept;
 * raises what the fetch raises. */
static inline const struct op *link_anew(struct cpu *c, const struct op *o, unsigned k) {
    const struct block_cache *b = c->blocks;
    const struct op *to;
    if (!known_block(c, &to)) {
        unsigned flushes = b->flushes;
        c->op = 0;
        c->charge = 0;
        to = find_block(c);
        if (to == b->single || b->flushes != flushes) /* `o` may be gone */
            return to;
    }
    struct link *link = link_of(o);
    link->slot[k].to = to;
    link->slot[k].generation = c->generation;
    link->slot[k].rip = c->seg[SEG_CS].base + c->rip;
    return to;
}
static COLD HANDLER_RESULT anew_taken(struct cpu *c, const struct op *o) {
    GOTO_OP(link_anew(c, o, 0));
}
static COLD HANDLER_RESULT anew_fall(struct cpu *c, const struct op *o) {
    GOTO_OP(link_anew(c, o, 1));
}

/* To the block at c->rip, through link slot `k` of `o`. */
#define FOLLOW_LINK(k, anew)                                                                                 \
    do {                                                                                                     \
        const struct link *link = link_of(o);                                                                \
        uint64_t linear = c->seg[SEG_CS].base + c->rip;                                                      \
        c->left -= o->ordinal;                                                                               \
        if (UNLIKELY(c->left < 0))                                                                           \
            TAIL_CALL(block_find);                                                                           \
        const struct op *to = link->slot[k].to;                                                              \
        if (UNLIKELY(link->slot[k].generation != c->generation || link->slot[k].rip != linear ||             \
                     !within_limit(c, to)) ||                                                                \
            ABLATED(LINKS))                                                                                  \
            TAIL_CALL(anew);                                                                                 \
        c->r[R_BLOCK] = c->rip;                                                                              \
        GOTO_OP(to);                                                                                         \
    } while (0)

HANDLER_RESULT block_link_taken(struct cpu *c, const struct op *o) {
    FOLLOW_LINK(0, anew_taken);
}

HANDLER_RESULT block_link_fall(struct cpu *c, const struct op *o) {
    FOLLOW_LINK(1, anew_fall);
}

/* Behind the last instruction of a block that just goes on. Counts for nothing itself. */
static HANDLER_RESULT run_fall(struct cpu *c, const struct op *o) {
    uint64_t next = c->r[R_BLOCK] + o->end;
    c->rip = in_64bit_code(c) ? next : (uint32_t)next;
    TAIL_CALL(block_link_fall);
}

/* In the place of an op: the instructions before it are done. In the place of run_fall, whose ordinal is
 * the last one's: that one too. */
static HANDLER_RESULT run_stale(struct cpu *c, const struct op *o) {
    cpu_sync(c, o);
    c->left -= o->length ? c->charge : o->ordinal;
    c->charge = 0;
    LEAVE_BLOCKS;
}

static HANDLER_RESULT run_undefined(struct cpu *c, const struct op *o) {
    c->op = o;
    raise_fault(c, VECTOR_UD);
}

/* SDM Vol. 2A, "Instruction Format": more than 15 bytes give #GP(0). */
static HANDLER_RESULT run_too_long(struct cpu *c, const struct op *o) {
    c->op = o;
    raise_fault_error(c, VECTOR_GP, 0);
}

/* ---- instruction to op ---- */

/* an 8-bit register by its byte offset in cpu.r: AH, CH, DH, BH unless a REX prefix is present */
static uint8_t byte_register(const struct insn *i, uint8_t number) {
    return (uint8_t)(!i->rex_present && number >= 4 && number < 8 ? (number - 4) * 8 + 1 : number * 8);
}

struct place {
    enum { PLACE_NONE, PLACE_REGISTER, PLACE_MEMORY, PLACE_IMMEDIATE } kind;
    uint8_t number;
};

/* where an operand of a SIZED row lies */
static struct place operand_place(const struct insn *i, unsigned k) {
    struct place memory = {PLACE_MEMORY, 0};
    switch (i->row->operand[k]) {
    case __:
        return (struct place){PLACE_NONE, 0};
    case Eb:
        return i->memory ? memory : (struct place){PLACE_REGISTER, byte_register(i, i->rm)};
    case Ew:
    case Ed:
    case Eq:
    case Ev:
    case Ey:
    case Ezw:
        return i->memory ? memory : (struct place){PLACE_REGISTER, i->rm};
    case Rv:
    case Rd:
    case Rq:
    case Ry:
        return (struct place){PLACE_REGISTER, i->rm};
    case Gb:
        return (struct place){PLACE_REGISTER, byte_register(i, i->reg)};
    case Gw:
    case Gd:
    case Gq:
    case Gv:
    case Gy:
    case Gz:
        return (struct place){PLACE_REGISTER, i->reg};
    case By:
    case Bd:
    case Bq:
        return (struct place){PLACE_REGISTER, i->vvvv};
    case Zb:
        return (struct place){PLACE_REGISTER, byte_register(i, i->rm)};
    case Zv:
    case Zq:
    case Zy:
        return (struct place){PLACE_REGISTER, i->rm};
    case AL:
        return (struct place){PLACE_REGISTER, R_AX};
    case CL:
        return (struct place){PLACE_REGISTER, R_CX * 8};
    case AX:
    case eAX:
    case rAX:
        return (struct place){PLACE_REGISTER, R_AX};
    case DX:
        return (struct place){PLACE_REGISTER, R_DX};
    case ONE1:
    case Ib:
    case sIb:
    case Iw:
    case Iz:
    case Iv:
    case Jb:
    case Jz:
    case Ap:
        return (struct place){PLACE_IMMEDIATE, 0};
    default:
        return i->memory ? memory : (struct place){PLACE_REGISTER, i->rm};
    }
}

/* In 32-bit code CS is no place to write to, and need not be one to read from. */
static bool is_flat(uint32_t mode, const struct insn *i) {
    if (mode & MODE_FLAT)
        return i->address_bits == 32 && i->segment < SEG_FS && i->segment != SEG_CS;
    return (mode & MODE_CODE) == MODE_CODE_64 && i->address_bits == 64 && i->segment < SEG_FS;
}

/* The shape that a flat one has where there is no index, if its entry has such handlers; others stay as they are. */
static enum shape without_an_index(enum shape shape) {
    return shape == SHAPE_RM_FLAT   ? SHAPE_RM_BASE
           : shape == SHAPE_MR_FLAT ? SHAPE_MR_BASE
           : shape == SHAPE_MI_FLAT ? SHAPE_MI_BASE
                                    : shape;
}

static unsigned size_index(unsigned bits) {
    return bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3;
}

/* MOV with a direct offset that a displacement can hold, as all of 32 and 16 bits can: MOV with a memory operand. */
static void translate_moffs(uint32_t mode, const struct insn *i, bool load, struct op *op) {
    int64_t offset = i->address_bits == 64 ? (int64_t)i->imm : (int32_t)i->imm;
    if (offset != (int32_t)offset)
        return;
    bool flat = is_flat(mode, i);
    op->base = op->index = R_ZERO;
    op->scale = 0;
    op->disp = (int32_t)offset;
    op->dest = op->src = R_AX; /* AL's byte offset too */
    enum shape shape = load ? (flat ? SHAPE_RM_FLAT : SHAPE_RM) : flat ? SHAPE_MR_FLAT : SHAPE_MR;
    op->run = entry_MOV.run[without_an_index(shape)][size_index(i->operand_bits)];
}

/* Fills `op` for a decoded instruction that starts `start` bytes into its block. */
static void translate_op(uint32_t mode, const struct insn *i, unsigned start, unsigned ordinal,
                         struct op *op) {
    const struct entry *entry = entries[i->row_index];
    unsigned size = size_index(i->operand_bits);
    memset(op, 0, sizeof *op);
    op->length = i->length;
    op->end = (uint8_t)(start + i->length);
    op->ordinal = (uint8_t)ordinal;
    op->base = i->base;
    op->index = i->index;
    op->scale = i->scale;
    op->seg = i->segment;
    op->disp = (int32_t)i->disp;
    if (i->base == R_BLOCK)
        op->disp = (int32_t)((uint32_t)op->disp + op->end);
    op->imm = i->row->attributes & A_X87 ? (uint64_t)(i->opcode & 7) << 8 | i->modrm : i->imm; /* FOP */
    op->bits = (uint8_t)((i->address_bits == 16   ? OP_ADDRESS_16
                          : i->address_bits == 32 ? OP_ADDRESS_32
                                                  : OP_ADDRESS_64) |
                         size << OP_SIZE_SHIFT |
                         (i->rep == 0xf3   ? OP_REP
                          : i->rep == 0xf2 ? OP_REPNE
                                           : 0) |
                         (i->memory ? OP_MEMORY : 0) | (i->vex_l ? OP_VEX_256 : 0));
    if (i->row->forms == SINGLE) {
        op->reg = i->reg;
        op->rm = i->rm;
        op->vvvv = i->vvvv;
        handler *in_flat_memory = entry->run[SHAPE_RM_FLAT][0];
        op->run = in_flat_memory && i->memory && is_flat(mode, i) ? in_flat_memory : entry->run[0][0];
        if (entry == &entry_MOV_FROM_MOFFS || entry == &entry_MOV_TO_MOFFS)
            translate_moffs(mode, i, entry == &entry_MOV_FROM_MOFFS, op);
        return;
    }
    struct place first = operand_place(i, 0), second = operand_place(i, 1), third = operand_place(i, 2);
    bool flat = is_flat(mode, i);
    enum shape shape;
    if (first.kind == PLACE_MEMORY)
        shape = second.kind == PLACE_IMMEDIATE ? (flat ? SHAPE_MI_FLAT : SHAPE_MI)
                : flat                         ? SHAPE_MR_FLAT
                                               : SHAPE_MR;
    else if (second.kind == PLACE_MEMORY)
        shape = flat ? SHAPE_RM_FLAT : SHAPE_RM;
    else
        shape = second.kind == PLACE_IMMEDIATE ? SHAPE_RI : SHAPE_RR;
    op->dest = first.kind == PLACE_REGISTER ? first.number : 0;
    op->src = second.kind == PLACE_REGISTER ? second.number : 0;
    op->vvvv = third.kind == PLACE_REGISTER ? third.number : 0;
    for (unsigned k = 0; k < 4; k++) {
        if (i->row->operand[k] == ONE1)
            op->imm = 1;
    }
    op->run = entry->run[shape][size];
    handler *without_index = entry->run[without_an_index(shape)][size];
    if (op->index == R_ZERO && without_index)
        op->run = without_index;
    if (!op->run)
        op->run = run_undefined;
}

static void fill_special(struct op *op, handler *run, unsigned start, unsigned length, unsigned ordinal) {
    memset(op, 0, sizeof *op);
    op->run = run;
    op->length = (uint8_t)length;
    op->end = (uint8_t)(start + length);
    op->ordinal = (uint8_t)ordinal;
}

static void clear_link(struct op *after) {
    struct link link = {0};
    link.slot[0].generation = link.slot[1].generation = ~UINT64_C(0);
    memcpy(after, &link, sizeof link);
}

/* ---- the cache ---- */

static unsigned hash(uint64_t address, uint32_t mode) {
    return (unsigned)(address ^ address >> 13 ^ (uint64_t)mode << 7) & (BUCKETS - 1);
}
static unsigned page_hash(uint64_t address) {
    return (unsigned)(address >> 12 ^ address >> 24) & (BUCKETS - 1);
}

void blocks_flush(struct cpu *c) {
    struct block_cache *b = c->blocks;
    if (b->blocks == 1) /* none was decoded since: the tables are as calloc() made them, or were emptied */
        return;
    b->flushes++;
    b->used = 0;
    b->blocks = 1;
    memset(b->bucket, 0, sizeof b->bucket);
    memset(b->page, 0, sizeof b->page);
    memset(b->jump, 0, sizeof b->jump);
    if (c->physical && c->physical->code_page)
        for (uint64_t page = 0; page < (c->physical->ram_size + c->physical->rom_size) >> 12; page++)
            c->physical->code_page[page] &= (uint8_t)~PAGE_CODE;
}

static void make_stale(struct block *block) {
    for (unsigned i = 0; i < block->ops; i++)
        block->op[i].run = run_stale;
}

/* The page at `address` is about to be written: the blocks that hold any of its bytes end where they are. */
static void code_written(struct cpu *c, uint64_t address, size_t size) {
    struct block_cache *b = c->blocks;
    uint64_t page = address & ~UINT64_C(0xfff);
    bool rest = false;
    int *at = &b->page[page_hash(page)];
    while (*at != NONE) {
        struct block *block = &b->block[*at];
        bool here = (block->address & ~UINT64_C(0xfff)) == page;
        if (here && block->address < address + size && block->address + block->bytes > address) {
            make_stale(block);
            block->address = ~UINT64_C(0); /* the bucket's chain finds it no more */
            *at = block->next_in_page;
            continue;
        }
        rest |= here;
        at = &block->next_in_page;
    }
    if (!rest && page < c->physical->ram_size)
        c->physical->code_page[page >> 12] &= (uint8_t)~PAGE_CODE;
}

bool blocks_create(struct cpu *c) {
    struct block_cache *b = calloc(1, sizeof *b);
    if (!b)
        return false;
    b->arena = calloc(ARENA_OPS, sizeof *b->arena);
    b->block = calloc(ARENA_OPS / 4, sizeof *b->block);
    b->blocks = 1;
    c->blocks = b;
    if (!b->arena || !b->block) {
        blocks_destroy(c);
        return false;
    }
    code_watch_set(c, code_written);
    return true;
}

void blocks_destroy(struct cpu *c) {
    if (c->blocks) {
        free(c->blocks->arena);
        free(c->blocks->block);
        free(c->blocks);
    }
    c->blocks = 0;
}

void blocks_set_hook(struct cpu *c, void (*before)(void *context, struct cpu *c, const struct insn *i),
                     void *context) {
    c->blocks->hook = before;
    c->blocks->hook_context = context;
}

/* Decodes one instruction for one execution: page-crossers, what does not decode, stepping. Raises what
 * the fetch raises. */
static COLD const struct op *decode_single(struct cpu *c) {
    struct block_cache *b = c->blocks;
    uint8_t bytes[15];
    uint64_t address;
    struct insn i;
    unsigned have = fetch_code(c, c->rip, 0, 15, bytes, &address);
    enum decode_status status;
    while ((status = decode(c->profile, c->mode, bytes, have, &i)) == DECODE_MORE)
        have += fetch_code(c, c->rip, have, 15 - have, bytes + have, &address);
    switch (status) {
    case DECODE_OK:
        translate_op(c->mode, &i, 0, 1, &b->single[0]);
        break;
    case DECODE_TOO_LONG:
        fill_special(&b->single[0], run_too_long, 0, 1, 1);
        break;
    default:
        fill_special(&b->single[0], run_undefined, 0, 1, 1);
        break;
    }
    b->branch = status == DECODE_OK ? branch_of(&i) : BRANCH_NONE;
    if (status == DECODE_OK && b->hook)
        b->hook(b->hook_context, c, &i);
    fill_special(&b->single[1], run_fall, b->single[0].end, 0, 1);
    /* a handler that branches finds its link behind itself; here it always leaves */
    c->quantum -= c->left;
    c->left = 0;
    c->r[R_BLOCK] = c->rip;
    return b->single;
}

static COLD const struct op *build_block(struct cpu *c, const uint8_t *code, uint64_t address) {
    struct block_cache *b = c->blocks;
    if (b->used + BLOCK_OPS + 4 > ARENA_OPS || b->blocks + 1 >= ARENA_OPS / 4)
        blocks_flush(c);
    struct op *first = b->arena + b->used;
    unsigned ops = 0, bytes = 0;
    unsigned room = 0x1000 - (unsigned)(address & 0xfff);
    bool ended = false;
    while (ops < BLOCK_OPS && bytes < BLOCK_BYTES - 15 && !ended) {
        struct insn i;
        unsigned size = room - bytes < 15 ? room - bytes : 15;
        if (decode(c->profile, c->mode, code + bytes, size, &i) != DECODE_OK)
            break;
        translate_op(c->mode, &i, bytes, ops + 1, &first[ops]);
        bytes += i.length;
        ops++;
        ended = (i.row->attributes & A_END) != 0;
    }
    if (ops == 0)
        return 0;
    unsigned slots = ops;
    if (!ended) {
        fill_special(&first[ops], run_fall, bytes, 0, ops);
        slots++;
    }
    first[0].block_bytes = (uint8_t)bytes;
    clear_link(&first[slots]);
    struct block *block = &b->block[b->blocks];
    *block = (struct block){
        .address = address, .mode = c->mode, .ops = (uint16_t)slots, .bytes = (uint16_t)bytes, .op = first};
    unsigned h = hash(address, c->mode), p = page_hash(address);
    block->next_in_bucket = b->bucket[h];
    block->next_in_page = b->page[p];
    b->bucket[h] = b->page[p] = (int)b->blocks;
    b->blocks++;
    b->used += slots + 2;
    tlb_protect_code(c, address & ~UINT64_C(0xfff));
    return first;
}

/* The block at c->rip, with R_BLOCK set; raises what the fetch raises. */
static const struct op *find_block(struct cpu *c) {
    struct block_cache *b = c->blocks;
    if (UNLIKELY(c->step || b->hook) || ABLATED(CACHE))
        return decode_single(c);
    const struct segment *cs = &c->seg[SEG_CS];
    uint64_t linear = cs->base + c->rip;
    if (!in_64bit_code(c))
        linear = (uint32_t)linear;
    else if (!is_canonical(c, linear))
        return decode_single(c);
    if (!in_64bit_code(c) && c->rip > cs->limit)
        return decode_single(c);
    uint64_t address;
    const uint8_t *code = translate(c, linear, ACCESS_EXECUTE, privilege_of(c, c->cpl), &address);
    if (!code)
        return decode_single(c);
    const struct op *first = 0;
    for (int n = b->bucket[hash(address, c->mode)]; n != NONE; n = b->block[n].next_in_bucket) {
        if (b->block[n].address == address && b->block[n].mode == c->mode) {
            first = b->block[n].op;
            break;
        }
    }
    if (!first)
        first = build_block(c, code, address);
    if (!first || !within_limit(c, first))
        return decode_single(c);
    struct jump *j = &b->jump[(c->rip ^ c->rip >> 12) & (JUMPS - 1)];
    *j = (struct jump){.rip = cs->base + c->rip, .generation = c->generation, .op = first};
    c->r[R_BLOCK] = c->rip;
    return first;
}

/* ---- the run loop ---- */

static void run_ops(struct cpu *c, const struct op *o) {
#if defined(REFCORE_TAIL) && REFCORE_TAIL
    o->run(c, o);
#else
    while (o)
        o = o->run(c, o);
#endif
}

static void retire(struct cpu *c) {
    c->retired += (uint64_t)(c->quantum - c->left);
    c->quantum = c->left;
}

/* Waits in HLT or MWAIT: time passes until a device wakes the processor, or to the limit. false: nothing
 * ever will. */
static bool wait_for_event(struct cpu *c, uint64_t end) {
    if (event_boundary(c)) {
        c->retired++;
        return true;
    }
    int64_t sleep = c->bus->deadline(c->bus->device, c);
    if (sleep == INT64_MAX)
        return false;
    if ((uint64_t)sleep > end - c->retired)
        sleep = (int64_t)(end - c->retired);
    c->retired += (uint64_t)sleep;
    c->slept += (uint64_t)sleep;
    return true;
}

bool blocks_step(struct cpu *c) {
    c->op = 0;
    c->charge = 0;
    c->quantum = c->left = 0;
    c->host_mxcsr = 0;
    if (setjmp(c->escape) != 0) {
        if (c->op)
            cpu_sync(c, c->op);
        c->op = 0;
        c->charge = 0;
        return false;
    }
    const struct op *single = decode_single(c);
    run_ops(c, single);
    retire(c);
    return true;
}

/* The instruction in `single` completed: did it branch? (A conditional branch to the next instruction
 * counts as not taken.) */
static bool branched(const struct cpu *c) {
    const struct block_cache *b = c->blocks;
    uint64_t next = c->r[R_BLOCK] + b->single[0].length;
    if (b->branch == BRANCH_CONDITIONAL)
        return c->rip != (in_64bit_code(c) ? next : (uint32_t)next);
    return b->branch == BRANCH_ALWAYS;
}

enum run_end blocks_run(struct cpu *c, uint64_t limit) {
    uint64_t end = limit > UINT64_MAX / 2 - c->retired ? UINT64_MAX / 2 : c->retired + limit;
    c->quantum = c->left = 0;
    c->host_mxcsr = 0;
    mode_changed(c);
    volatile bool dispatching = false;
    volatile bool close = false; /* to the limit or a device's deadline: one instruction at a time */
    if (setjmp(c->escape) != 0) {
        if (c->op)
            cpu_sync(c, c->op);
        /* the instructions before this one, and the delivery, which counts as one with all that goes wrong
         * in it */
        if (!dispatching)
            c->left -= c->charge + 1;
        c->charge = 0;
        dispatching = true;
        event_dispatch(c);
        dispatching = false;
        /* as block_resume(): on, where no event waits */
        if (LIKELY(!close && c->left >= 0 && !event_waits(c)) && !ABLATED(RESUME)) {
            c->op = 0;
            const struct op *to;
            if (UNLIKELY(!known_block(c, &to)))
                to = find_block(c);
            run_ops(c, to);
        }
        retire(c);
    }
    c->op = 0;
    for (;;) {
        c->charge = 0;
        if (c->run_state == RUN_SHUTDOWN)
            return RUN_END_SHUTDOWN;
        if (c->run_state == RUN_STOP)
            return RUN_END_STOP;
        if (c->retired >= end)
            return RUN_END_LIMIT;
        if (c->run_state == RUN_HALT) {
            if (!wait_for_event(c, end))
                return RUN_END_HALT;
            continue;
        }
        if (event_boundary(c)) {
            c->retired++;
            continue;
        }
        uint64_t remaining = end - c->retired;
        int64_t left = c->bus->deadline(c->bus->device, c);
        if ((uint64_t)left > remaining)
            left = (int64_t)remaining;
        /* Blocks end the quantum up to a block late: they stop a block short of the limit and of a
         * device's deadline, and the rest is single instructions, so that both are met exactly. */
        close = left < 2 * BLOCK_OPS;
        if (!close)
            left = left > QUANTUM + BLOCK_OPS ? QUANTUM : left - BLOCK_OPS;
        bool step = c->step;
        uint64_t flags_before = c->rflags;
        c->quantum = c->left = left;
        const struct op *first;
        if (close) {
            c->step = true;
            first = find_block(c);
            c->step = step;
        } else {
            first = find_block(c);
        }
        run_ops(c, first);
        retire(c);
        if (step)
            debug_after_instruction(c, flags_before, branched(c));
    }
}
