/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_environment.c - segments: Linux's flat ones, and LDT entries with bases and limits that bite. */
#include "silicon_state.h"

enum {
    CODE_64 = AR_P | AR_S | AR_DPL | AR_CODE | AR_WRITE_READ | AR_ACCESSED | AR_L | AR_G,
    CODE_32 = AR_P | AR_S | AR_DPL | AR_CODE | AR_WRITE_READ | AR_ACCESSED | AR_DB | AR_G,
    CODE_16 = AR_P | AR_S | AR_DPL | AR_CODE | AR_WRITE_READ | AR_ACCESSED,
    DATA_32 = AR_P | AR_S | AR_DPL | AR_WRITE_READ | AR_ACCESSED | AR_DB,
    DATA_16 = AR_P | AR_S | AR_DPL | AR_WRITE_READ | AR_ACCESSED,
    USER_CS = 0x33,
    USER32_CS = 0x23,
    USER_DS = 0x2b,
};
#define LDT(n) (uint16_t)((n) << 3 | 7)

struct environment environment_of(enum kind kind, uint64_t fs_base) {
    static const char *const names[KINDS] = {"64-bit", "32-bit", "32-bit with limits", "16-bit"};
    struct environment e = {.kind = kind, .name = names[kind]};
    struct segment_choice flat = {USER_DS, DATA_32 | AR_G, UINT32_MAX, 0}, null = {0, 0, 0, 0};
    for (unsigned i = SEG_ES; i <= SEG_GS; i++)
        e.seg[i] = i < SEG_FS ? flat : null;
    switch (kind) {
    case LONG_64:
        e.seg[SEG_CS] = (struct segment_choice){USER_CS, CODE_64, UINT32_MAX, 0};
        e.seg[SEG_FS].base = fs_base;
        e.seg[SEG_GS].base = GS_BASE;
        e.seg[SEG_DS] = e.seg[SEG_ES] = null;
        break;
    case FLAT_32:
        e.seg[SEG_CS] = (struct segment_choice){USER32_CS, CODE_32, UINT32_MAX, 0};
        break;
    case SEGMENTED_32:
        e.seg[SEG_CS] = (struct segment_choice){LDT(1), CODE_32 & ~AR_G, 0x1fff, CODE_BASE};
        e.seg[SEG_SS] = (struct segment_choice){LDT(2), DATA_32, 0x5fff, STACK_BASE - 0x4000};
        e.seg[SEG_DS] = (struct segment_choice){LDT(3), DATA_32, 0x2ff7, DATA_BASE};
        e.seg[SEG_ES] =
            (struct segment_choice){LDT(4), DATA_32 | AR_DOWN_CONFORMING, 0x3fff, DATA_BASE - 0x4000};
        break;
    default:
        e.seg[SEG_CS] = (struct segment_choice){LDT(1), CODE_16, 0x2fff, CODE_BASE - 0x1000};
        e.seg[SEG_SS] = (struct segment_choice){LDT(2), DATA_16, 0xffff, STACK_BASE - 0x4000};
        e.seg[SEG_DS] = (struct segment_choice){LDT(3), DATA_16, 0xffff, DATA_BASE - 0x4000};
        e.seg[SEG_ES] = (struct segment_choice){LDT(4), DATA_16, 0x5ff3, DATA_BASE - 0x3000};
        break;
    }
    return e;
}
