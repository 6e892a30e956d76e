/* SPDX-License-Identifier: BSD-2-Clause */
/* rows.c - expectations are the manual's: SDM 3A chapter 6 for vectors, kinds and error codes, SDM 2 for results. */
#include "rows.h"

#include <string.h>

enum { AX, CX, DX, BX, SP, BP, SI, DI };
enum { DE = 0, DB = 1, BP_ = 3, UD = 6, SS_ = 12, GP = 13, PF = 14, AC = 17 };
#define CODE_(text) .code = text, .size = sizeof(text) - 1
#define UD2         "\x0f\x0b"
#define FAULT_(v, at)                                                                                        \
    .vector = v, .kind = RINGDIFF_FAULT, .rip = at,                                                          \
    .has_error = (v) == SS_ || (v) == GP || (v) == PF || (v) == AC
#define NONE_ .check = -1

static void data_pointers(struct scene *s, struct ringdiff_state *state) {
    memcpy(s->ram + DATA, "abcdefgh", 8);
    state->gpr[SI] = DATA;
    state->gpr[DI] = DATA + 8;
    state->gpr[CX] = 8;
}
static void to_read_only(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->gpr[DI] = READ_ONLY + 4;
}
static void all_flags(struct scene *s, struct ringdiff_state *state) {
    to_read_only(s, state);
    state->rflags |= 0x8d5;
}
static const char *same_flags(const struct scene *s, const struct ringdiff_state *state) {
    (void)s;
    static char text[40];
    const char digits[] = "0123456789abcdef";
    if ((state->rflags & 0x8d5) == 0x8d5)
        return 0;
    memcpy(text, "flags of a fault changed, now 0x____", 37);
    for (unsigned i = 0; i < 4; i++)
        text[32 + i] = digits[state->rflags >> 4 * (3 - i) & 15];
    return text;
}
static void to_absent(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->gpr[DI] = ABSENT + 0x10;
}
static void to_supervisor(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->gpr[DI] = SUPERVISOR;
}
static void to_no_execute(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->gpr[DI] = NO_EXECUTE + 1;
}
static void across_pages(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->gpr[DI] = READ_ONLY - 2;
    state->gpr[AX] = 0x11223344;
}
static const char *first_page_untouched(const struct scene *s, const struct ringdiff_state *state) {
    (void)state;
    return s->ram[READ_ONLY - 2] || s->ram[READ_ONLY - 1] ? "the first page was written before the fault" : 0;
}
static void into_absent(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->gpr[SI] = DATA;
    state->gpr[DI] = ABSENT - 5;
    state->gpr[CX] = 100;
}
static const char *five_done(const struct scene *s, const struct ringdiff_state *state) {
    (void)s;
    return state->gpr[DI] == ABSENT && state->gpr[SI] == DATA + 5 ? 0
                                                                  : "RSI, RDI do not show five iterations";
}
static const char *copied(const struct scene *s, const struct ringdiff_state *state) {
    (void)state;
    return memcmp(s->ram + DATA + 8, "abcdefgh", 8) == 0 ? 0 : "MOVSB did not copy";
}
static void zero_divisor(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->gpr[CX] = 0;
}
static void trap_flag(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->rflags |= 0x100;
}
static void alignment(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->rflags |= 0x40000;
    state->cr0 |= 1 << 18;
    state->gpr[DI] = DATA + 1;
}
static void expand_down(struct scene *s, struct ringdiff_state *state) {
    state->segment[DS] = scene_segment(s, UDOWN | 3);
    state->gpr[DI] = DATA + 0xffd; /* the limit is DATA + 0xfff: valid is what lies above */
}
static void above_expand_down(struct scene *s, struct ringdiff_state *state) {
    state->segment[DS] = scene_segment(s, UDOWN | 3);
    state->gpr[DI] = DATA + 0x1000;
    memcpy(s->ram + DATA + 0x1000, "\x78\x56\x34\x12", 4);
}
static void small_stack(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->segment[SS].limit = 0x7fff;
    state->gpr[SP] = 0x9000;
}
static void fs_base(struct scene *s, struct ringdiff_state *state) {
    state->segment[FS].base = DATA + 0x100;
    memcpy(s->ram + DATA + 0x108, "\xef\xbe\xad\xde\0\0\0", 8);
}
static void xmm(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    for (unsigned i = 0; i < 16; i++) {
        state->ymm[1][i] = (uint8_t)i;
        state->ymm[2][i] = 0x10;
    }
}
static const char *xmm_sum(const struct scene *s, const struct ringdiff_state *state) {
    (void)s;
    for (unsigned i = 0; i < 16; i++)
        if (state->ymm[1][i] != 0x10 + i || state->ymm[2][i] != 0x10)
            return "PADDB's sum is wrong";
    return 0;
}
static void ymm(struct scene *s, struct ringdiff_state *state) {
    xmm(s, state);
    state->cr4 |= 1 << 18;
    memset(state->ymm[2], 0x10, 16);
    memset(state->ymm[3], 0xee, 32);
}
static const char *ymm_upper(const struct scene *s, const struct ringdiff_state *state) {
    (void)s;
    return state->ymm[3][0] == 0x20 && state->ymm[3][15] == 0x20 && state->ymm[3][16] == 0
               ? 0
               : "VPADDB's sum or cleared half is wrong";
}
static const char *st0_two(const struct scene *s, const struct ringdiff_state *state) {
    (void)s;
    const bool good = state->st[0].significand == UINT64_C(1) << 63 && state->st[0].sign_exponent == 0x4000 &&
                      state->ftw == 0x80 && (state->fsw >> 11 & 7) == 7;
    return good ? 0 : "ST(0) is not 2, or TOP or the tags are wrong";
}
static void interrupts_seen(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->rflags &= ~UINT64_C(0x200);
}
static void breakpoint(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->dr7 |= 1;
}
static const char *carry(const struct scene *s, const struct ringdiff_state *state) {
    (void)s;
    return (state->rflags & 0x8d5) == 0x55 ? 0 : "CF PF AF ZF are not set, or SF or OF is";
}
static void wraps(struct scene *s, struct ringdiff_state *state) {
    (void)s;
    state->gpr[AX] = UINT32_MAX;
    state->gpr[BX] = 1;
}

#define LONG_ RINGDIFF_LONG64
const struct row rows[] = {
    {"long64: ADD, then UD2", LONG_, 3, CODE_("\x01\xd8" UD2), FAULT_(UD, 2), .check = AX,
     .value = 0x05050505},
    {"long64: flags of ADD", LONG_, 3, CODE_("\x01\xd8" UD2), FAULT_(UD, 2), .check = AX, .prepare = wraps,
     .look = carry},
    {"long64 CPL 0: ADD, then UD2", LONG_, 0, CODE_("\x48\x01\xd8" UD2), FAULT_(UD, 3), .check = AX,
     .value = UINT64_C(0x0505050505050505)},
    {"long64: REP MOVSB", LONG_, 3, CODE_("\xf3\xa4" UD2), FAULT_(UD, 2), .check = CX,
     .prepare = data_pointers, .look = copied},
    {"long64: write to a read-only page", LONG_, 3, CODE_("\x89\x07" UD2), FAULT_(PF, 0), .error = 7,
     .cr2 = READ_ONLY + 4, NONE_, .prepare = to_read_only, .needs = RINGDIFF_CAN_PAGE},
    {"long64: LOCK INC of a read-only page leaves the flags", LONG_, 3, CODE_("\xf0\xff\x07" UD2),
     FAULT_(PF, 0), .error = 7, .cr2 = READ_ONLY + 4, NONE_, .prepare = all_flags, .look = same_flags,
     .needs = RINGDIFF_CAN_PAGE},
    {"long64: INC of a read-only page leaves the flags", LONG_, 3, CODE_("\xff\x07" UD2), FAULT_(PF, 0),
     .error = 7, .cr2 = READ_ONLY + 4, NONE_, .prepare = all_flags, .look = same_flags,
     .needs = RINGDIFF_CAN_PAGE},
    {"long64: NEG of a read-only page leaves the flags", LONG_, 3, CODE_("\xf7\x1f" UD2), FAULT_(PF, 0),
     .error = 7, .cr2 = READ_ONLY + 4, NONE_, .prepare = all_flags, .look = same_flags,
     .needs = RINGDIFF_CAN_PAGE},
    {"long64: read of an absent page", LONG_, 3, CODE_("\x8b\x07" UD2), FAULT_(PF, 0), .error = 4,
     .cr2 = ABSENT + 0x10, NONE_, .prepare = to_absent, .needs = RINGDIFF_CAN_PAGE},
    {"long64: read of a supervisor page", LONG_, 3, CODE_("\x8b\x07" UD2), FAULT_(PF, 0), .error = 5,
     .cr2 = SUPERVISOR, NONE_, .prepare = to_supervisor, .needs = RINGDIFF_CAN_PAGE},
    {"long64: fetch from an XD page", LONG_, 3, CODE_("\xff\xe7"), FAULT_(PF, NO_EXECUTE + 1 - CODE),
     .error = 0x15, .cr2 = NO_EXECUTE + 1, NONE_, .prepare = to_no_execute, .needs = RINGDIFF_CAN_PAGE},
    {"long64: a write split over two pages does not begin", LONG_, 3, CODE_("\x89\x07" UD2), FAULT_(PF, 0),
     .error = 7, .cr2 = READ_ONLY, NONE_, .prepare = across_pages, .look = first_page_untouched,
     .needs = RINGDIFF_CAN_PAGE},
    {"long64: REP MOVSB into an absent page", LONG_, 3, CODE_("\xf3\xa4" UD2), FAULT_(PF, 0), .error = 6,
     .cr2 = ABSENT, .check = CX, .value = 95, .prepare = into_absent, .look = five_done,
     .needs = RINGDIFF_CAN_PAGE},
    {"long64: DIV by 0", LONG_, 3, CODE_("\xf7\xf1" UD2), FAULT_(DE, 0), NONE_, .prepare = zero_divisor},
    {"long64: INT3", LONG_, 3, CODE_("\xcc"), .vector = BP_, .kind = RINGDIFF_INT3_INTO, .rip = 1, NONE_},
    {"long64: INT1", LONG_, 3, CODE_("\xf1"), .vector = DB, .kind = RINGDIFF_ICEBP, .rip = 1, NONE_,
     .not_for = "unicorn native kvm-pvm"},
    {"long64: HLT at CPL 3", LONG_, 3, CODE_("\xf4"), FAULT_(GP, 0), NONE_},
    {"long64: TF", LONG_, 3, CODE_("\x90" UD2), .vector = DB, .kind = RINGDIFF_TRAP, .rip = 1, NONE_,
     .prepare = trap_flag},
    {"long64: a misaligned read with AC", LONG_, 3, CODE_("\x8b\x07" UD2), FAULT_(AC, 0), NONE_,
     .prepare = alignment, .not_for = "unicorn"},
    {"long64: FS has its own base", LONG_, 3, CODE_("\x64\x48\x8b\x04\x25\x08\0\0\0" UD2), FAULT_(UD, 9),
     .check = AX, .value = 0xdeadbeef, .prepare = fs_base},
    {"long64: PADDB", LONG_, 3, CODE_("\x66\x0f\xfc\xca" UD2), FAULT_(UD, 4), NONE_, .prepare = xmm,
     .look = xmm_sum, .needs = RINGDIFF_CAN_SSE},
    {"long64: VPADDB", LONG_, 3, CODE_("\xc5\xe9\xfc\xda" UD2), FAULT_(UD, 4), NONE_, .prepare = ymm,
     .look = ymm_upper, .needs = RINGDIFF_CAN_AVX},
    {"long64: FLD1, FADD", LONG_, 3, CODE_("\xd9\xe8\xd8\xc0" UD2), FAULT_(UD, 4), NONE_, .look = st0_two,
     .needs = RINGDIFF_CAN_X87},
    {"long64: a loop", LONG_, 3, CODE_("\xeb\xfe"), .end = ROW_LOOPS},
    {"long64: SYSCALL is refused", LONG_, 3, CODE_("\x0f\x05"), .end = ROW_REFUSED, .only = "native"},
    {"long64: SYSCALL behind a jump is refused", LONG_, 3, CODE_("\x74\x03\x90" UD2 "\x0f\x05"),
     .end = ROW_REFUSED, .only = "native"},
    {"long64: SYSCALL that runs all the same does no harm", LONG_, 3, CODE_("\x0f\x05"), .end = ROW_LACKS,
     .only = "native"},
    {"long64: INT 80h that runs all the same does no harm", LONG_, 3, CODE_("\xcd\x80"), .end = ROW_LACKS,
     .only = "native"},
    {"long64: MOV from SS is refused", LONG_, 3, CODE_("\x8c\xd0" UD2), .end = ROW_REFUSED, .only = "native"},
    {"long64: PUSHF with IF clear is no state for it", LONG_, 3, CODE_("\x9c" UD2), .end = ROW_NO_STATE,
     .prepare = interrupts_seen, .only = "native"},
    {"long64: a breakpoint is no state for it", LONG_, 3, CODE_("\x90" UD2), .end = ROW_NO_STATE,
     .prepare = breakpoint, .only = "native"},
    {"compat32: ADD, then UD2", RINGDIFF_COMPAT32, 3, CODE_("\x01\xd8" UD2), FAULT_(UD, 2), .check = AX,
     .value = 0x05050505},
    {"compat32: INC is one byte", RINGDIFF_COMPAT32, 3, CODE_("\x40" UD2), FAULT_(UD, 1), .check = AX,
     .value = 0x01010102},
    {"compat32: below an expand-down segment", RINGDIFF_COMPAT32, 3, CODE_("\x8b\x07" UD2), FAULT_(GP, 0),
     NONE_, .prepare = expand_down, .not_for = "unicorn"},
    {"compat32: inside an expand-down segment", RINGDIFF_COMPAT32, 3, CODE_("\x8b\x07" UD2), FAULT_(UD, 2),
     .check = AX, .value = 0x12345678, .prepare = above_expand_down},
    {"compat16: ADD, then UD2", RINGDIFF_COMPAT16, 3, CODE_("\x01\xd8" UD2), FAULT_(UD, 2), .check = AX,
     .value = 0x01010505, .not_for = "kvm-pvm"},
    {"compat16: PUSH beyond the stack's limit", RINGDIFF_COMPAT16, 3, CODE_("\x50" UD2), FAULT_(SS_, 0),
     .check = SP, .value = 0x9000, .prepare = small_stack, .not_for = "unicorn"},
    {"pm32: ADD, then UD2", RINGDIFF_PM32, 3, CODE_("\x01\xd8" UD2), FAULT_(UD, 2), .check = AX,
     .value = 0x05050505},
    {"pm32 CPL 0: ADD, then UD2", RINGDIFF_PM32, 0, CODE_("\x01\xd8" UD2), FAULT_(UD, 2), .check = AX,
     .value = 0x05050505},
    {"pm32-p32: write to a read-only page", RINGDIFF_PM32_P32, 3, CODE_("\x89\x07" UD2), FAULT_(PF, 0),
     .error = 7, .cr2 = READ_ONLY + 4, NONE_, .prepare = to_read_only, .needs = RINGDIFF_CAN_PAGE},
    {"pm32-pae: read of a supervisor page", RINGDIFF_PM32_PAE, 3, CODE_("\x8b\x07" UD2), FAULT_(PF, 0),
     .error = 5, .cr2 = SUPERVISOR, NONE_, .prepare = to_supervisor, .needs = RINGDIFF_CAN_PAGE},
    {"pm16: PUSH beyond the stack's limit", RINGDIFF_PM16, 3, CODE_("\x50" UD2), FAULT_(SS_, 0), .check = SP,
     .value = 0x9000, .prepare = small_stack, .not_for = "unicorn"},
    {"real: ADD, then UD2", RINGDIFF_REAL, 0, CODE_("\x01\xd8" UD2), FAULT_(UD, 2), .check = AX,
     .value = 0x01010505},
    {"real: DIV by 0", RINGDIFF_REAL, 0, CODE_("\xf7\xf1" UD2), FAULT_(DE, 0), NONE_,
     .prepare = zero_divisor},
    {"real: INT 21h", RINGDIFF_REAL, 0, CODE_("\xcd\x21" UD2), .vector = 0x21, .kind = RINGDIFF_SOFTWARE,
     .rip = 2, NONE_},
};
const unsigned row_count = sizeof rows / sizeof *rows;
