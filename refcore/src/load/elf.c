/* SPDX-License-Identifier: BSD-2-Clause */
/* elf.c - ELF32 and ELF64 program headers. System V ABI, "Object Files", "Program Loading". Every offset is
 * checked before use. */
#include "elf.h"

#include <stdbool.h>
#include <string.h>

enum {
    CLASS_32 = 1,
    CLASS_64 = 2,
    LITTLE_ENDIAN_DATA = 1,
    TYPE_EXECUTABLE = 2,
    MACHINE_386 = 3,
    MACHINE_X86_64 = 62,
    PT_LOAD = 1
};

struct segment_header {
    uint64_t type, offset, virtual, physical, in_file, in_memory;
};

static uint64_t get(const uint8_t *at, unsigned bytes) {
    uint64_t value = 0;
    memcpy(&value, at, bytes);
    return value;
}

const char *load_segment(struct load_memory *m, const uint8_t *image, size_t size, uint64_t offset,
                         uint64_t length, uint64_t address, uint64_t total) {
    if (offset > size || length > size - offset)
        return "a segment lies beyond the end of the file";
    if (total < length)
        return "a segment is larger in the file than in memory";
    if (address > m->size || total > m->size - address)
        return "a segment does not fit into memory; --memory makes it larger";
    if (length)
        memcpy(m->ram + address, image + offset, (size_t)length);
    memset(m->ram + address + length, 0, (size_t)(total - length));
    if (address + total > m->end)
        m->end = address + total;
    return 0;
}

static struct segment_header read_header(const uint8_t *at, bool wide) {
    if (wide)
        return (struct segment_header){get(at, 4),      get(at + 8, 8),  get(at + 16, 8),
                                       get(at + 24, 8), get(at + 32, 8), get(at + 40, 8)};
    return (struct segment_header){get(at, 4),      get(at + 4, 4),  get(at + 8, 4),
                                   get(at + 12, 4), get(at + 16, 4), get(at + 20, 4)};
}

const char *elf_load(struct load_memory *m, const uint8_t *image, size_t size, uint32_t *entry) {
    if (size < 52 || memcmp(image, "\177ELF", 4) != 0)
        return "not an ELF file";
    bool wide = image[4] == CLASS_64;
    if ((!wide && image[4] != CLASS_32) || image[5] != LITTLE_ENDIAN_DATA || (wide && size < 64))
        return "not a little-endian ELF32 or ELF64 file";
    uint64_t machine = get(image + 18, 2);
    if (get(image + 16, 2) != TYPE_EXECUTABLE || (machine != MACHINE_386 && machine != MACHINE_X86_64))
        return "not an x86 executable";
    uint64_t start = wide ? get(image + 24, 8) : get(image + 24, 4);
    uint64_t table = wide ? get(image + 32, 8) : get(image + 28, 4);
    uint64_t each = get(image + (wide ? 54 : 42), 2), count = get(image + (wide ? 56 : 44), 2);
    if (each < (wide ? 56U : 32U) || count == 0)
        return "no program headers";
    if (table > size || each * count > size - table)
        return "the program headers lie beyond the end of the file";
    bool loaded = false;
    uint64_t physical_start = start;
    for (uint64_t i = 0; i < count; i++) {
        struct segment_header h = read_header(image + table + i * each, wide);
        if (h.type != PT_LOAD || h.in_memory == 0)
            continue;
        const char *error = load_segment(m, image, size, h.offset, h.in_file, h.physical, h.in_memory);
        if (error)
            return error;
        loaded = true;
        if (start >= h.virtual && start - h.virtual < h.in_memory)
            physical_start = start - h.virtual + h.physical;
    }
    if (!loaded)
        return "no segment to load";
    if (physical_start > UINT32_MAX)
        return "the entry point lies above 4 GiB";
    *entry = (uint32_t)physical_start;
    return 0;
}
