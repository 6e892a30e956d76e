/* SPDX-License-Identifier: BSD-2-Clause */
/* test_opcodes - opcodes.def is unambiguous and complete in itself: no two rows can decode the same bytes on
 * one processor, rows of one opcode agree on having a ModRM byte, every row cites a section and has a
 * handler. (A flag may be both written and undefined: the shifts define OF for a count of 1 only.) */
#include "decode/decode.h"
#include "decode/operand.h"
#include "exec/table.h"

#include <stdio.h>
#include <string.h>

static unsigned bad;

static bool memory_operand(uint8_t t) {
    return (t >= M && t <= Mx) || t == VMx;
}
static bool register_operand(uint8_t t) {
    return (t >= Rv && t <= Ry) || t == Nq || t == Ux || t == Udq || t == STi;
}

/* whether the row decodes with this ModRM byte */
static bool takes(const struct row *r, unsigned modrm) {
    if (r->modrm == MODRM_NONE)
        return true;
    if (r->modrm & MODRM_EXACT)
        return (r->modrm & 0xff) == modrm;
    unsigned digit = r->modrm & 15;
    bool reg = modrm >= 0xc0;
    if (digit && digit - 1 != (modrm >> 3 & 7))
        return false;
    if (((r->modrm & MODRM_MEM) == MODRM_MEM && reg) || ((r->modrm & MODRM_REG) == MODRM_REG && !reg))
        return false;
    for (unsigned k = 0; k < 4; k++) {
        if ((memory_operand(r->operand[k]) && reg) || (register_operand(r->operand[k]) && !reg))
            return false;
    }
    return true;
}

static bool modes_meet(uint32_t a, uint32_t b) {
    if ((a & A_I64 && b & A_O64) || (a & A_O64 && b & A_I64))
        return false;
    if ((a & A_INTEL64 && b & A_AMD64) || (a & A_AMD64 && b & A_INTEL64))
        return false;
    if ((a & A_W0 && b & A_W1) || (a & A_W1 && b & A_W0) || (a & A_L0 && b & A_L1) || (a & A_L1 && b & A_L0))
        return false;
    return true;
}

static void overlap(unsigned x, unsigned y) {
    const struct row *a = &rows[x], *b = &rows[y];
    if (a->map != b->map || a->opcode != b->opcode || !(a->prefix & b->prefix) ||
        !modes_meet(a->attributes, b->attributes))
        return;
    for (unsigned modrm = 0; modrm < 256; modrm++) {
        if (takes(a, modrm) && takes(b, modrm)) {
            printf("rows %u %s and %u %s overlap: map %u opcode %02x modrm %02x\n", x, a->name, y, b->name,
                   a->map, a->opcode, modrm);
            bad++;
            return;
        }
    }
}

static void check_row(unsigned n) {
    const struct row *r = &rows[n];
    const struct entry *e = entries[n];
    if (!r->cite || (strncmp(r->cite, "SDM ", 4) != 0 && strncmp(r->cite, "APM ", 4) != 0)) {
        printf("row %u %s: no citation\n", n, r->name);
        bad++;
    }
    if (r->forms == SINGLE && !e->run[0][0]) {
        printf("row %u %s: no handler\n", n, r->name);
        bad++;
    }
}

int main(void) {
    for (unsigned x = 0; x < row_count; x++) {
        check_row(x);
        for (unsigned y = x + 1; y < row_count; y++)
            overlap(x, y);
        for (unsigned y = x + 1; y < row_count; y++) {
            if (rows[x].map == rows[y].map && rows[x].opcode == rows[y].opcode &&
                modes_meet(rows[x].attributes, rows[y].attributes) &&
                (rows[x].modrm == MODRM_NONE) != (rows[y].modrm == MODRM_NONE)) {
                printf("rows %u %s and %u %s: one has a ModRM byte, one has not\n", x, rows[x].name, y,
                       rows[y].name);
                bad++;
            }
        }
    }
    printf("%u rows, %u defects\n", row_count, bad);
    return bad != 0;
}
