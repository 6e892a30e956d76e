/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_rows.c - which rows are compared, and which flags of a case are undefined. */
#include "decode/flags.h"
#include "decode/operand.h"
#include "silicon_case.h"

#include <string.h>

static const char kernel[] = "the kernel serves it", other[] = "not repeatable or the host's own",
                  umip[] = "the kernel emulates it (UMIP)",
                  segments[] = "would take the process's own segments away",
                  tables[] = "depends on the kernel's descriptor tables", far_[] = "leaves the code segment",
                  xsave[] = "the host's state components";

static const struct {
    const char *name, *why;
} excluded[] = {
    {"SYSCALL", kernel},
    {"SYSENTER", kernel},
    {"INT", kernel},
    {"INT3", kernel},
    {"INTO", kernel},
    {"INT1", kernel},
    {"CPUID", other},
    {"RDTSC", other},
    {"RDTSCP", other},
    {"RDRAND", other},
    {"RDSEED", other},
    {"RDPMC", other},
    {"RDPID", other},
    {"XGETBV", other},
    {"RDPKRU", other},
    {"WRPKRU", other},
    {"SGDT", umip},
    {"SIDT", umip},
    {"SMSW", umip},
    {"SLDT", umip},
    {"STR", umip},
    {"WRFSBASE", segments},
    {"WRGSBASE", segments},
    {"MOV_TO_SS", segments},
    {"POP_SS", segments},
    {"POP_FS", segments},
    {"POP_GS", segments},
    {"LSS", segments},
    {"LFS", segments},
    {"LGS", segments},
    {"MOV_TO_SREG", tables},
    {"POP_ES", tables},
    {"POP_DS", tables},
    {"LES", tables},
    {"LDS", tables},
    {"LAR", tables},
    {"LSL", tables},
    {"VERR", tables},
    {"VERW", tables},
    {"JMP_FAR", far_},
    {"JMP_FAR_MEMORY", far_},
    {"CALL_FAR", far_},
    {"CALL_FAR_MEMORY", far_},
    {"RET_FAR", far_},
    {"IRET", far_},
    {"XSAVE", xsave},
    {"XSAVEOPT", xsave},
    {"XSAVEC", xsave},
    {"XRSTOR", xsave},
};

bool case_in_mode(const struct row *row, enum kind kind) {
    return !(row->attributes & (kind == LONG_64 ? A_I64 : A_O64));
}

const char *case_excluded(const struct row *row, enum kind kind) {
    if (!case_in_mode(row, kind))
        return "not in this mode";
    for (unsigned i = 0; i < sizeof excluded / sizeof *excluded; i++) {
        if (strcmp(excluded[i].name, row->name) == 0)
            return excluded[i].why;
    }
    return 0;
}

static bool starts(const char *name, const char *with) {
    return strncmp(name, with, strlen(with)) == 0;
}

/* SDM Vol. 2B, RCL/RCR/ROL/ROR, SAL/SAR/SHL/SHR, SHLD, SHRD, "Flags Affected": by count. */
static bool shift_flags(const struct silicon_case *k, uint32_t *undefined) {
    const char *name = k->row->name;
    bool rotate = starts(name, "ROL") || starts(name, "ROR") || starts(name, "RCL") || starts(name, "RCR");
    bool shift = starts(name, "SHL") || starts(name, "SHR") || starts(name, "SAR");
    bool two = starts(name, "SHLD") || starts(name, "SHRD");
    if (!rotate && !shift)
        return false;
    if (k->row->map >= MAP_V0F)
        return false;
    unsigned count = 1;
    unsigned last = two ? k->row->operand[2] : k->row->operand[1];
    if (last == Ib)
        count = (unsigned)k->insn.imm & 0xff;
    else if (last == CL)
        count = (unsigned)k->in.gpr[R_CX] & 0xff;
    count &= k->insn.operand_bits == 64 ? 63 : 31;
    *undefined = 0;
    if (count == 0)
        return true;
    if (count > 1)
        *undefined |= FLAG_OF;
    if (shift)
        *undefined |= FLAG_AF;
    if (shift && !two && !starts(name, "SAR") && count >= k->insn.operand_bits)
        *undefined |= FLAG_CF;
    if (two && count > k->insn.operand_bits)
        *undefined = FLAGS_STATUS;
    return true;
}

uint32_t case_undefined_flags(const struct silicon_case *k) {
    uint32_t undefined;
    if (k->status != DECODE_OK)
        return 0;
    if (shift_flags(k, &undefined))
        return undefined;
    return k->row->flags_undefined;
}
