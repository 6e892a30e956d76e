/* tiny.h - guests of one instruction.
   SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_RUNNER_TINY_H
#define KVM_RUNNER_TINY_H

#include "runner.h"

/* Where an instruction stands: what decides whether KVM's emulator takes it. */
enum paging { PAGING_OFF, PAGING_32, PAGING_PAE, PAGING_LONG };
struct context {
    bool protected_mode, wide; /* wide: 64-bit code */
    bool big;                  /* CS.D: 32-bit code */
    bool v86;
    enum paging paging;
    unsigned cpl;
};

struct tiny;
struct tiny *tiny_new(int kvm, enum vendor vendor);
void tiny_free(struct tiny *tiny);

/* Selectors of a tiny guest's GDT. */
#define TINY_CODE(ring) (0x08u + 0x10u * (ring) + (ring))
#define TINY_DATA(ring) (0x10u + 0x10u * (ring) + (ring))
#define TINY_GATE       0x4b
#define TINY_TSS        0x58
/* A far pointer to TINY_GATE, offset 0: m16:32. */
#define TINY_POINTER    0x170000u

/* Runs one instruction where all is well: flat segments, memory everywhere, a gate for every vector, a frame
   on the stack that returns to `return_cpl`.  True if KVM says that it cannot emulate it. */
bool tiny_unemulated(struct tiny *tiny, const struct context *context, const uint8_t *insn, unsigned size,
                     unsigned return_cpl);

/* True if an instruction behind these `size` bytes is run. */
bool tiny_passes(struct tiny *tiny, const struct context *context, const uint8_t *prefix, unsigned size);

/* True if a guest in flat protected mode can switch this paging on and go on. */
bool tiny_pages(struct tiny *tiny, enum paging paging);

#endif
