/* SPDX-License-Identifier: BSD-2-Clause */
/* table_image.h - the pseudo-descriptor in memory: limit, then base. SDM Vol. 2A, LGDT/LIDT; Vol. 2B, SGDT,
 * SIDT. */
#ifndef REFCORE_EXEC_TABLE_IMAGE_H
#define REFCORE_EXEC_TABLE_IMAGE_H

#include "../cpu/msr.h"
#include "privileged.h"

static struct table_register table_load(struct cpu *c, const struct op *o) {
    uint8_t image[10];
    struct table_register t = {0};
    mem_read_bytes(c, o, o->seg, EA, image, in_64bit_code(c) ? 10 : 6, 0);
    memcpy(&t.limit, image, 2);
    memcpy(&t.base, image + 2, in_64bit_code(c) ? 8 : 4);
    if (in_64bit_code(c)) {
        if (!canonical_for_register(c, t.base))
            GP0;
    } else if (OPERAND_BYTES == 2) {
        t.base &= 0xffffff;
    }
    return t;
}

/* All 32 bits of the base are stored with a 16-bit operand size too. SDM Vol. 2B, SGDT, "Operation" */
static void table_store(struct cpu *c, const struct op *o, const struct table_register *t) {
    uint8_t image[10];
    memcpy(image, &t->limit, 2);
    memcpy(image + 2, &t->base, 8);
    mem_write_bytes(c, o, o->seg, EA, image, in_64bit_code(c) ? 10 : 6, 0);
}

#endif
