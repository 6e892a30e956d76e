/* SPDX-License-Identifier: BSD-2-Clause */
/* disk.c - boots a raw disk image: interrupt vectors, BIOS data area, the guest's half of the BIOS, the first
 * sector. IBM PC AT technical reference, "BIOS"; BIOS Boot Specification 1.01. */
#include "../dev/devices.h"
#include "load.h"

#include <string.h>

enum { SECTOR = 512, MEBIBYTE = 1 << 20 };
enum { BOOT = 0x7c00, DATA_AREA = 0x400, ROM_SEGMENT = 0xf000, ROM_OFFSET = 0xe000, RESET_STUB = 0xffff0 };
/* entries of bios.asm, in its order, four bytes each */
enum { INT_10, INT_11, INT_12, INT_13, INT_15, INT_16, INT_18, TIMER, FIRST_PIC, SECOND_PIC, NOTHING };

/* bios.asm, assembled; a test assembles it again */
static const uint8_t bios[] = {
    0xe9, 0x29, 0x00, 0x90, 0xe9, 0x29, 0x00, 0x90, 0xe9, 0x29, 0x00, 0x90, 0xe9, 0x29, 0x00, 0x90,
    0xe9, 0x29, 0x00, 0x90, 0xe9, 0x29, 0x00, 0x90, 0xe9, 0x29, 0x00, 0x90, 0xe9, 0x4c, 0x00, 0x90,
    0xe9, 0x58, 0x00, 0x90, 0xe9, 0x5b, 0x00, 0x90, 0xe9, 0x3f, 0x00, 0x90, 0xe6, 0xb8, 0xeb, 0x16,
    0xe6, 0xb9, 0xeb, 0x12, 0xe6, 0xba, 0xeb, 0x0e, 0xe6, 0xbb, 0xeb, 0x0a, 0xe6, 0xbc, 0xeb, 0x06,
    0xe6, 0xbd, 0xeb, 0x02, 0xe6, 0xbe, 0x60, 0x06, 0xfc, 0xe5, 0xbe, 0x89, 0xc1, 0xe3, 0x0f, 0xe5,
    0xbe, 0x8e, 0xc0, 0xe5, 0xbe, 0x89, 0xc7, 0xba, 0xbf, 0x00, 0xf3, 0x6d, 0xeb, 0xeb, 0x07, 0x61,
    0x55, 0x89, 0xe5, 0x50, 0x9f, 0x88, 0x66, 0x06, 0x58, 0x5d, 0xcf, 0x1e, 0x50, 0xb8, 0x40, 0x00,
    0x8e, 0xd8, 0x66, 0xff, 0x06, 0x6c, 0x00, 0xcd, 0x1c, 0x58, 0x1f, 0x50, 0xb0, 0x20, 0xe6, 0x20,
    0x58, 0xcf, 0x50, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0x58, 0xcf,
};

static void set_vector(uint8_t *ram, unsigned vector, unsigned entry) {
    uint16_t far_pointer[2] = {(uint16_t)(ROM_OFFSET + 4 * entry), ROM_SEGMENT};
    memcpy(ram + 4 * (size_t)vector, far_pointer, sizeof far_pointer);
}

static void set_vectors(uint8_t *ram) {
    static const struct {
        uint8_t vector, entry;
    } services[] = {{0x10, INT_10}, {0x11, INT_11}, {0x12, INT_12}, {0x13, INT_13}, {0x15, INT_15},
                    {0x16, INT_16}, {0x18, INT_18}, {0x19, INT_18}, {0x08, TIMER}};
    for (unsigned v = 0; v < 256; v++)
        set_vector(ram, v, v >= 0x70 && v < 0x78 ? SECOND_PIC : v >= 9 && v < 16 ? FIRST_PIC : NOTHING);
    for (unsigned i = 0; i < sizeof services / sizeof services[0]; i++)
        set_vector(ram, services[i].vector, services[i].entry);
}

static void put16(uint8_t *ram, size_t at, uint16_t value) {
    memcpy(ram + at, &value, 2);
}

static void set_data_area(uint8_t *ram) {
    put16(ram, DATA_AREA + 0x00, 0x3f8);  /* COM1 */
    put16(ram, DATA_AREA + 0x10, 0x0022); /* equipment: FPU, 80x25 color */
    put16(ram, DATA_AREA + 0x13, 640);    /* KiB of conventional memory */
    put16(ram, DATA_AREA + 0x1a, 0x1e);   /* the keyboard buffer is empty */
    put16(ram, DATA_AREA + 0x1c, 0x1e);
    ram[DATA_AREA + 0x49] = 3;
    put16(ram, DATA_AREA + 0x4a, 80);
    put16(ram, DATA_AREA + 0x63, 0x3d4);
    ram[DATA_AREA + 0x75] = 1; /* one fixed disk */
    ram[DATA_AREA + 0x84] = 24;
}

const char *load_disk(uint8_t *ram, uint64_t ram_size, struct devices *devices, const void *image,
                      size_t size) {
    const uint8_t *sector = image;
    if (size < SECTOR)
        return "a disk image has at least one sector of 512 bytes";
    if (sector[510] != 0x55 || sector[511] != 0xaa)
        return "the first sector is not bootable: it does not end with 55 AA";
    if (ram_size < MEBIBYTE)
        return "a disk image needs at least 1 MiB of memory";
    if (!devices_attach_disk(devices, ram, image, size))
        return "not enough memory for the disk image";
    set_vectors(ram);
    set_data_area(ram);
    memcpy(ram + ROM_SEGMENT * 16 + ROM_OFFSET, bios, sizeof bios);
    /* JMP FAR F000:entry of INT 19h, and a date as programs look for it */
    static const uint8_t reset[16] = {0xea, 4 * INT_18, 0xe0, 0x00, 0xf0, '0', '1',  '/',
                                      '0',  '1',        '/',  '2',  '4',  0,   0xfc, 0};
    memcpy(ram + RESET_STUB, reset, sizeof reset);
    memcpy(ram + BOOT, image, SECTOR);
    return 0;
}

/* BIOS Boot Specification: DL is the drive; interrupts are enabled. */
void load_enter_disk(struct cpu *c) {
    for (unsigned i = SEG_ES; i <= SEG_GS; i++) {
        c->seg[i].selector = 0;
        c->seg[i].base = 0;
    }
    c->r[R_DX] = 0x80;
    c->r[R_SP] = BOOT;
    c->rip = c->next_rip = BOOT;
    flags_set(c, FLAG_IF);
    c->idtr = (struct table_register){.limit = 0x3ff};
}
