/* SPDX-License-Identifier: BSD-2-Clause */
/* multiboot.c - Multiboot Specification 0.6.96: "OS image format", "Machine state", "Boot information
 * format". Behind the kernel come the modules, page by page, then the information structure with all it
 * points to. */
#include "elf.h"
#include "load.h"

#include <string.h>

#define HEADER_MAGIC  UINT32_C(0x1badb002)
#define MACHINE_MAGIC UINT32_C(0x2badb002)
enum { SEARCH = 8192, PAGE = 4096, MEBIBYTE = 1 << 20 };
enum { WANTS_KLUDGE = 1 << 16, KNOWN = 0xffff0007 };
enum { INFO_MEMORY = 1, INFO_COMMAND_LINE = 4, INFO_MODULES = 8, INFO_MAP = 0x40, INFO_NAME = 0x200 };
enum { INFO_SIZE = 88, MODULE_SIZE = 16, MAP_ROW = 24, CODE = 8, DATA = 16 };

static uint32_t get32(const uint8_t *at) {
    uint32_t value;
    memcpy(&value, at, 4);
    return value;
}

/* NULL: there is none. */
static const uint8_t *find_header(const uint8_t *image, size_t size) {
    size_t end = size < SEARCH ? size : SEARCH;
    for (size_t at = 0; at + 12 <= end; at += 4) {
        if (get32(image + at) == HEADER_MAGIC &&
            HEADER_MAGIC + get32(image + at + 4) + get32(image + at + 8) == 0)
            return image + at;
    }
    return 0;
}

/* Header bit 16: addresses in the header itself. "The address fields of Multiboot header" */
static const char *load_kludge(struct load_memory *m, const uint8_t *image, size_t size,
                               const uint8_t *header, uint32_t *entry) {
    uint64_t at = (uint64_t)(header - image);
    if (at + 32 > size)
        return "the multiboot header is cut off";
    uint32_t header_address = get32(header + 12), load = get32(header + 16), load_end = get32(header + 20),
             bss_end = get32(header + 24);
    if (load > header_address || header_address - load > at)
        return "the multiboot header's load address does not fit its place in the file";
    uint64_t offset = at - (header_address - load),
             length = load_end ? (uint64_t)load_end - load : size - offset;
    if (load_end && load_end < load)
        return "the multiboot header's load end lies before its load address";
    uint64_t total = bss_end > load + length ? bss_end - load : length;
    *entry = get32(header + 28);
    return load_segment(m, image, size, offset, length, load, total);
}

/* ---- what lies behind the kernel ---- */

struct writer {
    struct load_memory *m;
    uint64_t at;
    bool full;
};

/* Room for `size` bytes; 0 once memory is full. */
static uint64_t reserve(struct writer *w, uint64_t size, uint64_t alignment) {
    uint64_t at = (w->at + alignment - 1) & ~(alignment - 1);
    if (at > w->m->size || size > w->m->size - at) {
        w->full = true;
        return 0;
    }
    w->at = at + size;
    return at;
}

static uint32_t write_bytes(struct writer *w, const void *from, size_t size, uint64_t alignment) {
    uint64_t at = reserve(w, size, alignment);
    if (!w->full && size)
        memcpy(w->m->ram + at, from, size);
    return (uint32_t)at;
}

static uint32_t write_text(struct writer *w, const char *text) {
    const char *some = text ? text : "";
    return write_bytes(w, some, strlen(some) + 1, 1);
}

static void put32(uint8_t *record, unsigned at, uint32_t value) {
    memcpy(record + at, &value, 4);
}

static uint32_t write_map(struct writer *w, uint32_t *length) {
    const struct {
        uint64_t base, size;
        uint32_t type;
    } map[] = {{0, 0xa0000, 1},
               {0xf0000, 0x10000, 2},
               {MEBIBYTE, w->m->size - MEBIBYTE, 1},
               {0xfec00000, 0x1400000, 2}};
    enum { ROWS = sizeof map / sizeof map[0] };
    uint8_t rows[ROWS * MAP_ROW];
    for (unsigned i = 0; i < ROWS; i++) {
        uint8_t *row = rows + i * MAP_ROW;
        put32(row, 0, MAP_ROW - 4);
        memcpy(row + 4, &map[i].base, 8);
        memcpy(row + 12, &map[i].size, 8);
        put32(row, 20, map[i].type);
    }
    *length = sizeof rows;
    return write_bytes(w, rows, sizeof rows, 8);
}

static uint32_t write_modules(struct writer *w, const struct load_module *modules, unsigned count) {
    uint8_t rows[LOAD_MODULES_MAX * MODULE_SIZE] = {0};
    for (unsigned i = 0; i < count; i++) {
        uint32_t start = write_bytes(w, modules[i].bytes, modules[i].size, PAGE);
        put32(rows, i * MODULE_SIZE, start);
        put32(rows, i * MODULE_SIZE + 4, (uint32_t)(start + modules[i].size));
    }
    for (unsigned i = 0; i < count; i++)
        put32(rows, i * MODULE_SIZE + 8, write_text(w, modules[i].command_line));
    return write_bytes(w, rows, (size_t)count * MODULE_SIZE, 8);
}

static void write_information(struct writer *w, const char *command_line, const struct load_module *modules,
                              unsigned count, struct load_start *start) {
    static const uint64_t table[3] = {0, UINT64_C(0x00cf9b000000ffff), UINT64_C(0x00cf93000000ffff)};
    uint8_t info[INFO_SIZE] = {0};
    uint32_t length;
    put32(info, 20, count);
    put32(info, 24, write_modules(w, modules, count));
    start->gdt = write_bytes(w, table, sizeof table, 8);
    put32(info, 0, INFO_MEMORY | INFO_COMMAND_LINE | INFO_MODULES | INFO_MAP | INFO_NAME);
    put32(info, 4, 640);
    put32(info, 8, (uint32_t)((w->m->size - MEBIBYTE) / 1024));
    put32(info, 16, write_text(w, command_line));
    put32(info, 48, write_map(w, &length));
    put32(info, 44, length);
    put32(info, 64, write_text(w, "refcore"));
    start->information = write_bytes(w, info, sizeof info, 8);
}

const char *load_multiboot(uint8_t *ram, uint64_t ram_size, const void *kernel, size_t size,
                           const char *command_line, const struct load_module *modules, unsigned module_count,
                           struct load_start *start) {
    const uint8_t *image = kernel, *header = find_header(image, size);
    if (!header)
        return "no multiboot header in the first 8 KiB";
    if (ram_size < 2 * MEBIBYTE)
        return "a multiboot kernel needs at least 2 MiB of memory";
    if (module_count > LOAD_MODULES_MAX)
        return "too many modules";
    uint32_t flags = get32(header + 4);
    if (flags & ~(uint32_t)KNOWN)
        return "the multiboot header requires a feature that is unknown";
    struct load_memory memory = {.ram = ram, .size = ram_size};
    const char *error = flags & WANTS_KLUDGE ? load_kludge(&memory, image, size, header, &start->entry)
                                             : elf_load(&memory, image, size, &start->entry);
    if (error)
        return error;
    struct writer w = {.m = &memory, .at = memory.end < MEBIBYTE ? MEBIBYTE : memory.end};
    write_information(&w, command_line, modules, module_count, start);
    return w.full ? "kernel and modules do not fit into memory; --memory makes it larger" : 0;
}

void load_enter_multiboot(struct cpu *c, const struct load_start *start) {
    for (unsigned i = SEG_ES; i <= SEG_GS; i++) {
        c->seg[i] = (struct segment){.selector = DATA,
                                     .rights = AR_P | AR_S | AR_WRITE_READ | AR_ACCESSED | AR_DB | AR_G,
                                     .limit = UINT32_MAX};
    }
    c->seg[SEG_CS].selector = CODE;
    c->seg[SEG_CS].rights |= AR_CODE;
    c->gdtr = (struct table_register){.base = start->gdt, .limit = 3 * 8 - 1};
    c->cr0 = CR0_PE | CR0_ET;
    c->r[R_AX] = MACHINE_MAGIC;
    c->r[R_BX] = start->information;
    c->rip = c->next_rip = start->entry;
}
