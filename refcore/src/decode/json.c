/* SPDX-License-Identifier: BSD-2-Clause */
/* json.c - prints opcodes.def. Names are those of the table itself. */
#include "json.h"
#include "decode.h"
#include "flags.h"
#include "operand.h"

#include <string.h>

struct row_names {
    const char *map, *operand[4], *forms, *feature;
};

static const struct row_names names[] = {
#define OP(map_, opcode_, prefix_, modrm_, op1, op2, op3, op4, entry_, forms_, written_, undefined_,         \
           attributes_, feature_, cite_)                                                                     \
    {#map_, {#op1, #op2, #op3, #op4}, #forms_, #feature_},
#include "opcodes.def"
#undef OP
};

struct bit_name {
    uint32_t bit;
    const char *name;
};

static const struct bit_name attribute_names[] = {{A_LOCK, "lock"},
                                                  {A_I64, "invalid-64"},
                                                  {A_O64, "only-64"},
                                                  {A_D64, "default-64"},
                                                  {A_F64, "forced-64"},
                                                  {A_PE, "protected"},
                                                  {A_W0, "w0"},
                                                  {A_W1, "w1"},
                                                  {A_L0, "l0"},
                                                  {A_L1, "l1"},
                                                  {A_NOVVVV, "no-vvvv"},
                                                  {A_END, "end"},
                                                  {A_FALLBACK, "fallback"},
                                                  {A_BYTE, "byte"},
                                                  {A_STRING, "string"},
                                                  {A_UD, "ud"},
                                                  {A_X87, "x87"},
                                                  {A_MMX, "mmx"},
                                                  {A_SSE, "sse"},
                                                  {A_AVX, "avx"},
                                                  {A_CPL0, "cpl0"},
                                                  {A_SYS, "system"},
                                                  {A_INTEL64, "intel-64"},
                                                  {A_AMD64, "amd-64"},
                                                  {0, 0}};
static const struct bit_name flag_names[] = {{F_O, "OF"}, {F_S, "SF"}, {F_Z, "ZF"}, {F_A, "AF"},
                                             {F_P, "PF"}, {F_C, "CF"}, {0, 0}};
static const struct bit_name prefix_names[] = {
    {P_NONE, "none"}, {P_66, "66"}, {P_F3, "F3"}, {P_F2, "F2"}, {0, 0}};

static void print_bits(FILE *to, const char *key, uint32_t bits, const struct bit_name *list) {
    const char *between = "";
    fprintf(to, ", \"%s\": [", key);
    for (; list->name; list++) {
        if (bits & list->bit) {
            fprintf(to, "%s\"%s\"", between, list->name);
            between = ", ";
        }
    }
    fputc(']', to);
}

static void print_text(FILE *to, const char *key, const char *text) {
    fprintf(to, ", \"%s\": \"", key);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', to);
        fputc(*text, to);
    }
    fputc('"', to);
}

/* null: no ModRM byte; otherwise what it must be: mod "any", "memory", "register"; digit or null; byte or
 * null */
static void print_modrm(FILE *to, unsigned modrm) {
    if (modrm == MODRM_NONE) {
        fputs(", \"modrm\": null", to);
        return;
    }
    if (modrm & MODRM_EXACT) {
        fprintf(to, ", \"modrm\": {\"mod\": \"register\", \"digit\": %u, \"byte\": %u}", modrm >> 3 & 7,
                modrm & 0xff);
        return;
    }
    const char *mod = (modrm & MODRM_MEM) == MODRM_MEM   ? "memory"
                      : (modrm & MODRM_REG) == MODRM_REG ? "register"
                                                         : "any";
    fprintf(to, ", \"modrm\": {\"mod\": \"%s\", \"digit\": ", mod);
    if (modrm & 15)
        fprintf(to, "%u", (modrm & 15) - 1);
    else
        fputs("null", to);
    fputs(", \"byte\": null}", to);
}

static void print_operands(FILE *to, const struct row_names *n) {
    const char *between = "";
    fputs(", \"operands\": [", to);
    for (unsigned i = 0; i < 4 && strcmp(n->operand[i], "__") != 0; i++) {
        const char *name = n->operand[i];
        size_t length = strlen(name);
        fprintf(to, "%s\"%.*s\"", between, (int)(name[length - 1] == '_' ? length - 1 : length), name);
        between = ", ";
    }
    fputc(']', to);
}

void opcodes_json(FILE *to) {
    fputc('[', to);
    for (unsigned i = 0; i < row_count; i++) {
        const struct row *r = &rows[i];
        fprintf(to, "%s\n{\"map\": \"%s\", \"opcode\": %u", i ? "," : "", names[i].map, r->opcode);
        print_bits(to, "prefixes", r->prefix, prefix_names);
        print_modrm(to, r->modrm);
        print_operands(to, &names[i]);
        print_text(to, "entry", r->name);
        print_text(to, "forms", strcmp(names[i].forms, "SIZED") == 0 ? "sized" : "single");
        print_bits(to, "flags_written", r->flags_written, flag_names);
        print_bits(to, "flags_undefined", r->flags_undefined, flag_names);
        print_bits(to, "attributes", r->attributes, attribute_names);
        print_text(to, "feature", names[i].feature);
        print_text(to, "cite", r->cite);
        fputc('}', to);
    }
    fputs("\n]\n", to);
}
