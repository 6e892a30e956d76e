/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_half.c - F16C. */
#include "simd/fp.h"

/* Memory operands of 8 or 16 bytes that never raise #AC: byte by byte where misaligned. */
static void element_bytes_read(struct cpu *c, const struct op *o, uint8_t *to, unsigned size) {
    uint64_t offset = EA;
    if ((mem_linear(c, o, o->seg, offset, size, ACCESS_READ) & (size - 1)) == 0) {
        vector_load(c, o, to, size, 0);
        return;
    }
    for (unsigned i = 0; i < size; i++)
        to[i] = mem_read8(c, o, o->seg, offset + i);
}
static void element_bytes_write(struct cpu *c, const struct op *o, const uint8_t *from, unsigned size) {
    uint64_t offset = EA;
    if ((mem_linear(c, o, o->seg, offset, size, ACCESS_WRITE) & (size - 1)) == 0) {
        vector_store(c, o, from, size, 0);
        return;
    }
    mem_probe_write(c, o, o->seg, offset, size);
    for (unsigned i = 0; i < size; i++)
        mem_write8(c, o, o->seg, offset + i, from[i]);
}

#include "simd/vcvtph2ps.h"
