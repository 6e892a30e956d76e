/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_state.c - what keeps an MMX, SSE or AVX instruction from executing, and its floating-point exceptions.
 */
#include "simd/fp.h"

/* SDM Vol. 3A, "Device-Not-Available Exception (#NM)": CR0.TS, once the instruction is known to be defined.
 */
void mmx_unavailable(struct cpu *c, const struct op *o) {
    RAISE(c->cr0 & CR0_EM ? VECTOR_UD : VECTOR_NM);
}

void sse_unavailable(struct cpu *c, const struct op *o) {
    RAISE((c->cr0 & CR0_EM) || !(c->cr4 & CR4_OSFXSR) ? VECTOR_UD : VECTOR_NM);
}

/* SDM Vol. 1, "Detection of AVX Instructions": state components 1 and 2 must be enabled in XCR0. CR0.EM has
 * no say. */
void avx_unavailable(struct cpu *c, const struct op *o) {
    RAISE(!(c->cr4 & CR4_OSXSAVE) || (c->xcr0 & 6) != 6 || !in_protected(c) ? VECTOR_UD : VECTOR_NM);
}

static unsigned alignment_now(const struct cpu *c, unsigned alignment) {
    return alignment == ALIGN_OPERAND ? (c->mxcsr & MXCSR_MM ? 0 : 16) : alignment;
}
struct slow_vector vector_load_slow(struct cpu *c, const struct op *o, uint64_t offset, unsigned size,
                                    unsigned alignment) {
    struct slow_vector v = {{{0, 0}, {0, 0}}};
    mem_read_bytes(c, o, o->seg, offset, &v, size, alignment_now(c, alignment));
    return v;
}
void vector_store_slow(struct cpu *c, const struct op *o, uint64_t offset, const void *from, unsigned size,
                       unsigned alignment) {
    mem_write_bytes(c, o, o->seg, offset, from, size, alignment_now(c, alignment));
}

void fp_exception(struct cpu *c, const struct op *o, uint32_t flags) {
    uint32_t unmasked = flags & ~(c->mxcsr >> MXCSR_MASK_SHIFT);
    fp_accrue(c, unmasked & FP_BEFORE ? flags & FP_BEFORE : flags);
    RAISE(c->cr4 & CR4_OSXMMEXCPT ? VECTOR_XM : VECTOR_UD);
}
