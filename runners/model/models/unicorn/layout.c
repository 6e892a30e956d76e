/* SPDX-License-Identifier: BSD-2-Clause */
/* layout.c - libunicorn's API sets no hidden parts, so the bytes of a saved context are edited. It is a copy of QEMU's CPUX86State,
 * whose order is known (target/i386/cpu.h of QEMU 5.0) but not the sizes before and between: values written through the
 * API mark the places. */
#include "engine.h"

#include <string.h>

enum { PLACE = 0x100000 };       /* of the instruction that shows where an event's fields are */
enum { EFER_LONG_MODE = 0x500 }; /* LME, LMA */
enum { GPRS = 16, CR_COUNT = 5 };

struct search {
    const struct library *l;
    uc_engine *uc;
    uc_context *context;
    size_t size;
};

static const uint8_t *saved(const struct search *s) {
    s->l->context_save(s->uc, s->context);
    return (const uint8_t *)s->context;
}

/* Offset of a value of `size` bytes at or behind `from`, a multiple of 4; 0: not found, or found twice. */
static size_t find(const struct search *s, const void *value, size_t size, size_t from) {
    const uint8_t *bytes = saved(s);
    size_t found = 0;
    for (size_t at = from; at + size <= s->size; at += 4) {
        if (memcmp(bytes + at, value, size) != 0)
            continue;
        if (found)
            return 0;
        found = at;
    }
    return found;
}

static uint64_t word(const uint8_t *bytes, size_t at, size_t size) {
    uint64_t value = 0;
    memcpy(&value, bytes + at, size);
    return value;
}

static const char *find_registers(struct layout *to, const struct search *s) {
    const uint64_t rax = UINT64_C(0x5a17000000000001), rcx = rax + 1, rip = UINT64_C(0x5a1700000000);
    const uint64_t flags = 0x4d7 | 0x200000; /* CF PF AF ZF SF TF= 0 DF, ID */
    s->l->reg_write(s->uc, UC_X86_REG_RAX, &rax);
    s->l->reg_write(s->uc, UC_X86_REG_RCX, &rcx);
    s->l->reg_write(s->uc, UC_X86_REG_RIP, &rip);
    s->l->reg_write(s->uc, UC_X86_REG_EFLAGS, &flags);
    to->gpr = find(s, &rax, 8, 0);
    if (!to->gpr || find(s, &rcx, 8, 0) != to->gpr + 8)
        return "general registers";
    to->rip = to->gpr + 8 * GPRS;
    if (find(s, &rip, 8, 0) != to->rip)
        return "RIP";
    to->rflags = to->rip + 8;
    to->cc_src = to->rflags + 16; /* behind cc_dst, before cc_src2 */
    to->cc_op = to->cc_src + 16;
    to->df = to->cc_op + 4;
    to->hflags = to->df + 4;
    const uint8_t *bytes = saved(s);
    if (word(bytes, to->cc_src, 8) != (flags & 0x8d5) || (int32_t)word(bytes, to->df, 4) != -1 ||
        (word(bytes, to->rflags, 8) & 0x200000) == 0)
        return "flags";
    to->cc_op_eflags = (uint32_t)word(bytes, to->cc_op, 4);
    return 0;
}

static const char *find_segments(struct layout *to, const struct search *s) {
    const uc_x86_mmr ldtr = {0x28, 0x5a170100, 0x5a17, 0x8200}, tr = {0x30, 0x5a170200, 0x5a18, 0x8b00};
    s->l->reg_write(s->uc, UC_X86_REG_LDTR, &ldtr);
    s->l->reg_write(s->uc, UC_X86_REG_TR, &tr);
    const size_t first = find(s, &ldtr.base, 8, to->hflags), second = find(s, &tr.base, 8, to->hflags);
    if (!first || second <= first)
        return "LDTR and TR";
    to->segment_size = second - first;
    to->segment = first - SEGMENT_BASE - 6 * to->segment_size;
    to->cr = to->segment + 10 * to->segment_size;
    const uint8_t *at = saved(s) + first - SEGMENT_BASE;
    if (to->segment != to->hflags + 8 || word(at, SEGMENT_SELECTOR, 4) != 0x28 ||
        word(at, SEGMENT_LIMIT, 4) != 0x5a17 || word(at, SEGMENT_FLAGS, 4) != 0x8200)
        return "fields of segment registers";
    return 0;
}

static const char *find_control(struct layout *to, const struct search *s) {
    const uint64_t cr2 = UINT64_C(0x5a1700000300);
    s->l->reg_write(s->uc, UC_X86_REG_CR2, &cr2);
    if (find(s, &cr2, 8, to->cr) != to->cr + 16)
        return "control registers";
    /* 2.0.1 drops writes of the MSR: what a 64-bit engine starts with is looked for */
    const uint8_t *bytes = saved(s);
    for (size_t at = to->cr + 8 * CR_COUNT; at < to->xmm && at + 8 < s->size; at += 8) {
        if (word(bytes, at, 8) != EFER_LONG_MODE)
            continue;
        if (to->efer)
            return "one EFER";
        to->efer = at;
    }
    return to->efer ? 0 : "EFER";
}

static const char *find_vectors(struct layout *to, const struct search *s) {
    const uint64_t x0[2] = {UINT64_C(0x5a17000000000401), 1}, x1[2] = {UINT64_C(0x5a17000000000402), 2};
    s->l->reg_write(s->uc, UC_X86_REG_XMM0, x0);
    s->l->reg_write(s->uc, UC_X86_REG_XMM1, x1);
    to->xmm = find(s, x0, 16, to->segment);
    const size_t next = find(s, x1, 16, to->segment);
    to->xmm_stride = next - to->xmm;
    return to->xmm && next > to->xmm && to->xmm_stride <= 64 ? 0 : "XMM registers";
}

static void stop(uc_engine *uc, uint32_t vector, void *context) {
    const struct search *s = context;
    (void)vector;
    s->l->emu_stop(uc);
}

/* INT 55h sets error_code = 0, exception_is_int = 1, exception_next_eip; the debug registers follow. */
static const char *find_event(struct layout *to, const struct search *s, uint8_t *ram) {
    const uint64_t dr7 = 0x400, dr0 = UINT64_C(0x5a1700000500);
    const struct {
        int32_t code, is_int;
        uint64_t next;
    } mark = {0, 1, PLACE + 2};
    uc_hook hook;
    memcpy(ram + PLACE, "\xcd\x55", 2);
    if (s->l->hook_add(s->uc, &hook, UC_HOOK_INTR, (void *)stop, (void *)s, 1, 0) != UC_ERR_OK)
        return "a way to catch interrupts";
    s->l->emu_start(s->uc, PLACE, 0, 0, 0);
    memset(ram + PLACE, 0, 2);
    to->error_code = find(s, &mark, sizeof mark, to->xmm);
    to->is_int = to->error_code + 4;
    to->next_rip = to->error_code + 8;
    to->dr = to->next_rip + 8;
    to->old_exception = to->dr + 8 * (8 + 4); /* behind four pointers, of breakpoints */
    s->l->reg_write(s->uc, UC_X86_REG_DR0, &dr0);
    s->l->reg_write(s->uc, UC_X86_REG_DR7, &dr7);
    return to->error_code && find(s, &dr0, 8, to->next_rip) == to->dr &&
                   (uint32_t)word(saved(s), to->old_exception, 4) == UINT32_MAX
               ? 0
               : "the fields of an event";
}

const char *layout_find(struct layout *to, const struct library *l, uc_engine *uc, uint8_t *ram) {
    struct search s = {.l = l, .uc = uc, .size = l->context_size(uc)};
    memset(to, 0, sizeof *to);
    to->size = s.size;
    if (l->context_alloc(uc, &s.context) != UC_ERR_OK)
        return "a context";
    const char *lacking = find_registers(to, &s);
    if (!lacking)
        lacking = find_segments(to, &s);
    if (!lacking)
        lacking = find_vectors(to, &s);
    if (!lacking)
        lacking = find_control(to, &s);
    if (!lacking)
        lacking = find_event(to, &s, ram);
    l->context_free(s.context);
    return lacking;
}
