/* SPDX-License-Identifier: BSD-2-Clause */
/* mem.h - every access to memory: segmentation check, linear address, page walk, physical memory.
 * Functions that take `o` set c->op before they raise, so that the fault's RIP can be derived; pass NULL
 * after cpu_sync(). */
#ifndef REFCORE_MEM_MEM_H
#define REFCORE_MEM_MEM_H

#include "../cpu/ablation.h"
#include "../cpu/state.h"

#include <stddef.h>
#include <string.h>

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_EXECUTE };

/* ---- physical memory (physical.c) ---- */
struct physical {
    uint8_t *ram;      /* RAM at physical 0, zeroed, committed on first touch */
    uint64_t ram_size; /* bytes, a multiple of 64 KiB */
    uint8_t *rom;      /* image that ends at 4 GiB; NULL: none */
    uint64_t rom_base, rom_size;
    uint8_t *code_page;  /* one byte a RAM page, then one a ROM page: PAGE_... */
    uint8_t *dirty_page; /* one byte a RAM page: written since the last snapshot; NULL until one is taken */
};
/* Why writes to a page have to be seen: then no TLB entry lets it be written. PAGE_TABLE << n: it holds
 * page tables of address space n. */
enum { PAGE_CODE = 1, PAGE_TABLE = 16 };
/* false: no multiple of 64 KiB, more than 3 GiB (the top of 4 GiB belongs to devices and ROM), or not
 * enough memory. `file`: -1, or a file of at least ram_bytes that RAM shares. */
bool physical_create(struct physical *p, uint64_t ram_bytes, int file);
void physical_destroy(struct physical *p);
/* Maps an image (a multiple of 64 KiB, up to 2 MiB) so that it ends at 4 GiB; its last 128 KiB also
 * appear, read-only, at 0xE0000. false: bad size. */
bool physical_set_rom(struct physical *p, const uint8_t *image, size_t size);
/* Marks every RAM page clean and notes writes in dirty_page from now on. false: not enough memory. */
bool physical_track_dirty(struct cpu *c);
/* The host address of the 4 KiB page at `address`, to be read, or NULL where no plain memory answers (or,
 * for a write, ROM). What is written goes through physical_write(), which knows of code and of dirty
 * pages. */
uint8_t *physical_page(struct cpu *c, uint64_t address, enum access access);
/* Any size 1..4096, may cross pages; devices and unclaimed addresses included; A20 is applied. */
void physical_read(struct cpu *c, uint64_t address, void *to, size_t size);
void physical_write(struct cpu *c, uint64_t address, const void *from, size_t size);
/* Aligned to their size, so within a page: the entries of page tables. */
uint64_t physical_read64(struct cpu *c, uint64_t address);
uint32_t physical_read32(struct cpu *c, uint64_t address);

/* ---- translation (walk.c, tlb.c) ---- */
/* The physical address of a linear one, after every check of SDM Vol. 3A "Access Rights" and with accessed
 * and dirty flags written; raises #PF. Non-canonical addresses must have been refused before. */
uint64_t walk(struct cpu *c, uint64_t linear, enum access access, enum tlb_class privilege);
/* Fills the TLB and returns the host pointer to `linear`'s byte, or NULL where the bytes must go through
 * physical_read() and physical_write(): devices, and for writes ROM and pages that hold decoded code.
 * *address gets the physical address; the low copy of the ROM counts as the ROM itself. */
uint8_t *translate(struct cpu *c, uint64_t linear, enum access access, enum tlb_class privilege,
                   uint64_t *address);
/* Drops translations: all, or those that MOV to CR3, CR0, CR4 or to EFER drops (what it has loaded is in
 * place). */
void tlb_flush(struct cpu *c, bool all);
void tlb_flush_page(struct cpu *c, uint64_t linear);
/* A page of page tables is walked for the first time in this address space: its writes are seen from now
 * on. */
void tlb_watch_table(struct cpu *c, size_t page);
/* Pages that held tables once may hold data now, which would be slow for ever: after so many writes all
 * are forgotten, and those still in use are met again. */
enum { TABLE_WRITES = 16384 };
/* Before `size` bytes within a page whose code_page is not 0 are written: tells whom it concerns. */
void watched_page_written(struct cpu *c, size_t page, uint64_t address, size_t size);
/* Loads the PDPTE registers for PAE paging from the table at `cr3` (SDM Vol. 3A, "PDPTE Registers").
 * false: a present entry has reserved bits set; nothing was loaded and the caller raises #GP(0). */
bool pdpte_load(struct cpu *c, uint64_t cr3);
/* A RAM or ROM page starts to hold decoded code: marks it in code_page, and its write tags go, everywhere.
 * Needs code_watch_set(). */
void tlb_protect_code(struct cpu *c, uint64_t physical_page_address);
/* block.c (floor 6) hangs its invalidation here; called before a page that holds code is written. */
void code_watch_set(struct cpu *c, void (*written)(struct cpu *c, uint64_t address, size_t size));

/* Recomputes mode word, privilege TLB, unavailable, step and generation after anything they depend on has
 * changed: CS, SS, CPL, CR0, CR4, EFER, XCR0, RFLAGS.(VM AC TF), DR7, shadow. (mode.c) */
void mode_changed(struct cpu *c);
/* The same where nothing but CS, SS, CPL and RFLAGS has changed, as by most transfers. (mode.c) */
void mode_transferred(struct cpu *c);
/* The same where nothing but RF or the shadow has changed. (mode.c) */
void mode_step_changed(struct cpu *c);
/* The same after segment registers were set wholesale, by reset or from outside: derives them as the mode
 * asks. (mode.c) */
void mode_replaced(struct cpu *c);
/* Data breakpoints (SDM Vol. 3B, "Debug Registers"): notes in c->pending_debug the DR6 bits of those that
 * an access matches. (watch.c) */
void watch_data(struct cpu *c, uint64_t linear, unsigned size, bool write);
/* true while DR7 enables a breakpoint on data accesses. */
bool watch_active(const struct cpu *c);
/* MODE_FLAT, if `code32` (0 or 1) is set and the segments are flat. What it lacks costs time alone; where it is
 * set, it must be true: after each load of DS, ES, SS. */
static inline uint32_t mode_flat(const struct cpu *c, uint32_t code32) {
    const struct segment *ds = &c->seg[SEG_DS], *es = &c->seg[SEG_ES], *ss = &c->seg[SEG_SS];
    uint32_t data = (uint32_t)(ds->flat & ds->writable & es->flat & es->writable & ss->flat & ss->writable);
    return ABLATED(FLAT) ? 0 : (code32 & data & c->seg[SEG_CS].flat) * MODE_FLAT;
}
/* Fills a segment's derived fields from rights, limit, null; call after every change of seg[]. (mode.c) */
void segment_derive(struct segment *s);

/* 1, 2, 4 or 8 bytes of host memory (other sizes: a copy), without a call where the size is one of these. */
static inline uint64_t bytes_load(const void *from, size_t size) {
    uint64_t value = 0;
    switch (size) {
    case 1:
        return *(const uint8_t *)from;
    case 2:
        memcpy(&value, from, 2);
        return value;
    case 4:
        memcpy(&value, from, 4);
        return value;
    case 8:
        memcpy(&value, from, 8);
        return value;
    default:
        memcpy(&value, from, size);
        return value;
    }
}
static inline void bytes_store(void *to, uint64_t value, size_t size) {
    switch (size) {
    case 1:
        *(uint8_t *)to = (uint8_t)value;
        break;
    case 2:
        memcpy(to, &value, 2);
        break;
    case 4:
        memcpy(to, &value, 4);
        break;
    case 8:
        memcpy(to, &value, 8);
        break;
    default:
        memcpy(to, &value, size);
        break;
    }
}

static inline bool is_canonical(const struct cpu *c, uint64_t linear) {
    if (LIKELY((linear + (UINT64_C(1) << 47)) >> 48 == 0)) /* with 48 bits: with 57 too */
        return true;
    unsigned shift = (c->cr4 & CR4_LA57) ? 64 - 57 : 64 - 48;
    return (uint64_t)((int64_t)(linear << shift) >> shift) == linear;
}

/* ---- linear accesses with a stated privilege (access.c) ---- For descriptor tables, TSS, stacks of
 * another level. Size 1, 2, 4, 8 bytes; may cross pages: the whole access is checked before a byte is
 * written. Outside IA-32e mode addresses wrap at 4 GiB. No segment, canonical or alignment checks. Raise
 * #PF. */
uint64_t linear_read(struct cpu *c, uint64_t linear, unsigned size, enum tlb_class privilege);
void linear_write(struct cpu *c, uint64_t linear, uint64_t value, unsigned size, enum tlb_class privilege);
/* Only the checks (and accessed/dirty updates) that an access would make. */
void linear_probe(struct cpu *c, uint64_t linear, unsigned size, enum access access,
                  enum tlb_class privilege);
/* Bytes 1..4096. */
void linear_read_bytes(struct cpu *c, uint64_t linear, void *to, size_t size, enum tlb_class privilege);
void linear_write_bytes(struct cpu *c, uint64_t linear, const void *from, size_t size,
                        enum tlb_class privilege);
/* the class of ordinary data accesses at CPL `cpl` */
static inline enum tlb_class privilege_of(const struct cpu *c, unsigned cpl) {
    if (cpl == 3)
        return TLB_USER;
    return (c->rflags & FLAG_AC) || !(c->cr4 & CR4_SMAP) ? TLB_SUPERVISOR_AC : TLB_SUPERVISOR;
}

/* ---- data accesses of the current instruction ---- */
/* Segment check and linear address of `size` bytes at `offset` (already wrapped to the address size).
 * Raises #GP(0), #SS(0) for SS, in 64-bit mode for non-canonical addresses. (access.c has the cold half) */
_Noreturn COLD void segment_fault(struct cpu *c, const struct op *o, unsigned seg);
static inline uint64_t mem_linear(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset,
                                  unsigned size, enum access access) {
    const struct segment *s = &c->seg[seg];
    if (in_64bit_code(c)) {
        uint64_t linear = seg >= SEG_FS ? s->base + offset : offset;
        if (UNLIKELY(!is_canonical(c, linear) || !is_canonical(c, linear + size - 1)))
            segment_fault(c, o, seg);
        return linear;
    }
    if (UNLIKELY(offset < s->first || offset + size - 1 > s->last ||
                 !(access == ACCESS_WRITE ? s->writable : s->readable)))
        segment_fault(c, o, seg);
    return (uint32_t)(s->base + offset);
}

/* As mem_linear(), but what must not be reached gives NO_PLACE, which no TLB tag equals. In 64-bit mode
 * unchecked: a tag is canonical. For handlers that end in a checking twin where the TLB does not know the
 * place. */
#define NO_PLACE (UINT64_C(1) << 63)
static inline uint64_t mem_place(const struct cpu *c, unsigned seg, uint64_t offset, unsigned size,
                                 enum access access) {
    const struct segment *s = &c->seg[seg];
    if (in_64bit_code(c))
        return seg >= SEG_FS ? s->base + offset : offset;
    if (UNLIKELY(offset < s->first || offset + size - 1 > s->last ||
                 !(access == ACCESS_WRITE ? s->writable : s->readable)))
        return NO_PLACE;
    return (uint32_t)(s->base + offset);
}

/* The slow halves: walk, page-crossers, devices, #AC, data breakpoints, code pages. size 1, 2, 4, 8.
 * `modify`: checks for writing first, so that the store that follows cannot fault. */
COLD uint64_t mem_read_slow(struct cpu *c, const struct op *o, uint64_t linear, unsigned size, bool modify);
COLD void mem_write_slow(struct cpu *c, const struct op *o, uint64_t linear, uint64_t value, unsigned size);

static inline struct tlb_entry *tlb_slot(struct tlb *t, uint64_t linear) {
    return &t->entry[(linear >> 12) & (TLB_SIZE - 1)];
}

/* mem_readN / mem_writeN / mem_modifyN(c, o, seg, offset): N in 8, 16, 32, 64. mem_modify reads a
 * destination that will be written by mem_write at the same place. */
#define MEM_ACCESS(N)                                                                                        \
    static inline uint##N##_t mem_read##N##_linear(struct cpu *c, const struct op *o, uint64_t linear) {     \
        const struct tlb_entry *e = tlb_slot(c->tlb, linear + N / 8 - 1);                                    \
        if (LIKELY(e->read == (linear & ~UINT64_C(0xfff)))) {                                                \
            uint##N##_t value;                                                                               \
            memcpy(&value, (const void *)(uintptr_t)(e->add + linear), N / 8);                               \
            return value;                                                                                    \
        }                                                                                                    \
        return (uint##N##_t)mem_read_slow(c, o, linear, N / 8, false);                                       \
    }                                                                                                        \
    static inline uint##N##_t mem_modify##N##_linear(struct cpu *c, const struct op *o, uint64_t linear) {   \
        const struct tlb_entry *e = tlb_slot(c->tlb, linear + N / 8 - 1);                                    \
        if (LIKELY(e->write == (linear & ~UINT64_C(0xfff)))) {                                               \
            uint##N##_t value;                                                                               \
            memcpy(&value, (const void *)(uintptr_t)(e->add + linear), N / 8);                               \
            return value;                                                                                    \
        }                                                                                                    \
        return (uint##N##_t)mem_read_slow(c, o, linear, N / 8, true);                                        \
    }                                                                                                        \
    static inline void mem_write##N##_linear(struct cpu *c, const struct op *o, uint64_t linear,             \
                                             uint##N##_t value) {                                            \
        const struct tlb_entry *e = tlb_slot(c->tlb, linear + N / 8 - 1);                                    \
        if (LIKELY(e->write == (linear & ~UINT64_C(0xfff)))) {                                               \
            memcpy((void *)(uintptr_t)(e->add + linear), &value, N / 8);                                     \
            return;                                                                                          \
        }                                                                                                    \
        mem_write_slow(c, o, linear, value, N / 8);                                                          \
    }                                                                                                        \
    static inline uint##N##_t mem_read##N(struct cpu *c, const struct op *o, unsigned seg,                   \
                                          uint64_t offset) {                                                 \
        return mem_read##N##_linear(c, o, mem_linear(c, o, seg, offset, N / 8, ACCESS_READ));                \
    }                                                                                                        \
    static inline uint##N##_t mem_modify##N(struct cpu *c, const struct op *o, unsigned seg,                 \
                                            uint64_t offset) {                                               \
        return mem_modify##N##_linear(c, o, mem_linear(c, o, seg, offset, N / 8, ACCESS_WRITE));             \
    }                                                                                                        \
    static inline void mem_write##N(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset,        \
                                    uint##N##_t value) {                                                     \
        mem_write##N##_linear(c, o, mem_linear(c, o, seg, offset, N / 8, ACCESS_WRITE), value);              \
    }
MEM_ACCESS(8)
MEM_ACCESS(16)
MEM_ACCESS(32)
MEM_ACCESS(64)
#undef MEM_ACCESS

/* Wider operands: 6..64 bytes and the state images of FXSAVE/XSAVE in parts (each at most 4096). All bytes
 * are checked before the first is written. alignment: 0, or 16/32: #GP(0) when the linear address is not a
 * multiple of it (before paging); #AC applies where enabled. */
void mem_read_bytes(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, void *to, unsigned size,
                    unsigned alignment);
void mem_write_bytes(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, const void *from,
                     unsigned size, unsigned alignment);
/* Checks a write of up to 4096 bytes without making it. */
void mem_probe_write(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, unsigned size);

/* ---- code (access.c) ---- */
/* Bytes for decoding at c->rip: copies up to `want` (1..15) bytes, checking the CS limit (#GP(0)),
 * canonicality (#GP(0)) and paging (#PF with I/D) byte by byte in order, as if each were fetched: raises
 * only if the FIRST byte of the rest cannot be had; otherwise returns how many it got. The decoder calls
 * it again with the count it already holds. *page gets the physical address of the first byte. */
unsigned fetch_code(struct cpu *c, uint64_t rip, unsigned have, unsigned want, uint8_t *to,
                    uint64_t *address);

#endif
