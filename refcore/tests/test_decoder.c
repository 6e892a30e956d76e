/* SPDX-License-Identifier: BSD-2-Clause */
/* test_decoder - the decoder against Zydis (libzydis, an independent decoder) in validity and length, in
 * every mode: all opcodes of all maps with all ModRM bytes under each mandatory prefix, VEX maps, and random
 * bytes. Every kind of disagreement is listed below with its reason, and how often it came up is printed.
 * test_decoder [random count [reports]] */
#include "decode/decode.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <Zydis/Zydis.h>

struct exception {
    const char *what; /* ISA extension, ISA set or mnemonic as Zydis names it; "" with a rule below */
    bool ours, zydis; /* valid here, valid there */
    const char *reason;
    unsigned long count;
};

static struct exception exceptions[] = {
#include "decoder_exceptions.def"
};
enum { EXCEPTIONS = sizeof exceptions / sizeof *exceptions };

struct mode {
    const char *name;
    uint32_t word;
    ZydisMachineMode machine;
    ZydisStackWidth width;
    ZydisDecoder decoder;
};

static unsigned long compared, bad, report_limit = 60;

/* a name, or its beginning where the pattern ends with a star */
static bool fits(const char *name, const char *pattern) {
    size_t n = strlen(pattern);
    return pattern[n - 1] == '*' ? strncmp(name, pattern, n - 1) == 0 : strcmp(name, pattern) == 0;
}

static bool excused(const ZydisDecodedInstruction *z, bool ours, bool theirs, const struct insn *i) {
    const char *names[] = {"", "", "", ""};
    if (theirs) {
        names[0] = ZydisISAExtGetString(z->meta.isa_ext);
        names[1] = ZydisISASetGetString(z->meta.isa_set);
        names[2] = ZydisMnemonicGetString(z->mnemonic);
    }
    if (ours)
        names[3] = i->row->name;
    for (unsigned k = 0; k < EXCEPTIONS; k++) {
        if (exceptions[k].ours != ours || exceptions[k].zydis != theirs)
            continue;
        for (unsigned n = 0; n < 4; n++) {
            if (names[n] && *names[n] && fits(names[n], exceptions[k].what)) {
                exceptions[k].count++;
                return true;
            }
        }
    }
    return false;
}

static void report(const struct mode *m, const uint8_t *bytes, const char *text,
                   const ZydisDecodedInstruction *z, enum decode_status s, const struct insn *i) {
    if (bad++ >= report_limit)
        return;
    printf("%s:", m->name);
    for (unsigned k = 0; k < 15; k++)
        printf(" %02x", bytes[k]);
    printf("\n   %s; ours: status %d length %u %s; zydis: %s/%s length %u\n", text, (int)s,
           s == DECODE_OK ? i->length : 0, s == DECODE_OK ? i->row->name : "-",
           z ? ZydisMnemonicGetString(z->mnemonic) : "invalid",
           z ? ZydisISASetGetString(z->meta.isa_set) : "-", z ? z->length : 0);
}

static void compare(const struct profile *p, struct mode *m, const uint8_t *bytes) {
    struct insn i;
    ZydisDecodedInstruction z;
    enum decode_status s = decode(p, m->word, bytes, 15, &i);
    ZyanStatus zs = ZydisDecoderDecodeInstruction(&m->decoder, ZYAN_NULL, bytes, 15, &z);
    bool ours = s == DECODE_OK, theirs = ZYAN_SUCCESS(zs);
    compared++;
    if (ours && i.row->attributes & A_UD)
        return; /* UD0, UD1, UD2: #UD as they should; decoders differ in whether they have a ModRM byte */
    if (ours == theirs && (!ours || i.length == z.length))
        return;
    if (excused(&z, ours, theirs, &i))
        return;
    report(m, bytes, ours != theirs ? "validity" : "length", theirs ? &z : NULL, s, &i);
}

static uint64_t random_state = 0x9e3779b97f4a7c15;
static uint64_t random_next(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void sweep_legacy(const struct profile *p, struct mode *m) {
    static const uint8_t prefixes[] = {0, 0x66, 0xf2, 0xf3};
    static const uint8_t filler[12] = {0x24, 0x12, 0x34, 0x56, 0x78, 0x21,
                                       0x43, 0x65, 0x17, 0x11, 0x22, 0x33};
    for (unsigned map = 0; map < 4; map++)
        for (unsigned pre = 0; pre < 4; pre++)
            for (unsigned w = 0; w < (m->word & MODE_CODE_64 ? 2U : 1U); w++)
                for (unsigned key = 0; key < 65536; key++) {
                    uint8_t bytes[15] = {0};
                    unsigned n = 0;
                    if (prefixes[pre])
                        bytes[n++] = prefixes[pre];
                    if (w)
                        bytes[n++] = 0x48;
                    if (map)
                        bytes[n++] = 0x0f;
                    if (map > 1)
                        bytes[n++] = map == 2 ? 0x38 : 0x3a;
                    bytes[n++] = (uint8_t)(key >> 8);
                    bytes[n++] = (uint8_t)key;
                    memcpy(bytes + n, filler, 15 - n < 12 ? 15 - n : 12);
                    compare(p, m, bytes);
                }
}

static void sweep_vex(const struct profile *p, struct mode *m) {
    for (unsigned map = 1; map < 4; map++)
        for (unsigned low = 0; low < 32; low++) /* W, one of two vvvv, L, pp */
            for (unsigned key = 0; key < 65536; key++) {
                uint8_t bytes[15] = {0xc4,
                                     (uint8_t)(0xe0 | map),
                                     (uint8_t)((low & 16 ? 0x80 : 0) | (low & 8 ? 0x78 : 0x50) | (low & 7)),
                                     (uint8_t)(key >> 8),
                                     (uint8_t)key,
                                     0x25,
                                     0x12,
                                     0x34,
                                     0x56,
                                     0x78,
                                     0x9a};
                compare(p, m, bytes);
            }
}

int main(int argc, char **argv) {
    unsigned long count = argc > 1 ? strtoul(argv[1], 0, 0) : 2000000;
    if (argc > 2)
        report_limit = strtoul(argv[2], 0, 0);
    struct mode modes[] = {
        {"long64", MODE_CODE_64 | MODE_PE | MODE_LMA, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64, {0}},
        {"pm32",
         MODE_CODE_32 | MODE_STACK_32 | MODE_PE,
         ZYDIS_MACHINE_MODE_LEGACY_32,
         ZYDIS_STACK_WIDTH_32,
         {0}},
        {"pm16", MODE_CODE_16 | MODE_PE, ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16, {0}},
        {"real", MODE_CODE_16, ZYDIS_MACHINE_MODE_REAL_16, ZYDIS_STACK_WIDTH_16, {0}},
    };
    const struct profile *p = profile_find("intel-max");
    for (unsigned k = 0; k < sizeof modes / sizeof *modes; k++) {
        struct mode *m = &modes[k];
        ZydisDecoderInit(&m->decoder, m->machine, m->width);
        /* hint-space instructions of other vendors or later extensions are NOPs to a processor without
         * them */
        static const ZydisDecoderMode off[] = {ZYDIS_DECODER_MODE_KNC, ZYDIS_DECODER_MODE_MPX,
                                               ZYDIS_DECODER_MODE_CET, ZYDIS_DECODER_MODE_CLDEMOTE,
                                               ZYDIS_DECODER_MODE_MINIMAL};
        for (unsigned n = 0; n < sizeof off / sizeof *off; n++)
            ZydisDecoderEnableMode(&m->decoder, off[n], ZYAN_FALSE);
        sweep_legacy(p, m);
        sweep_vex(p, m);
        for (unsigned long n = 0; n < count; n++) {
            uint64_t words[2] = {random_next(), random_next()};
            compare(p, m, (const uint8_t *)words);
        }
    }
    for (unsigned k = 0; k < EXCEPTIONS; k++) {
        if (exceptions[k].count)
            printf("%9lu  %-18s %s\n", exceptions[k].count, exceptions[k].what, exceptions[k].reason);
    }
    printf("%lu encodings compared, %lu disagree\n", compared, bad);
    return bad != 0;
}
