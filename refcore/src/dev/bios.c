/* SPDX-License-Identifier: BSD-2-Clause */
/* bios.c - the host's half of the built-in BIOS for disk images; the guest's half is load/bios.asm. A write
 * to a service's port finds the caller's registers in the processor and changes them; what is to be stored in
 * memory is handed out word by word, so that the guest's own code stores it. IBM PC AT technical reference,
 * "BIOS"; Enhanced Disk Drive Specification 1.1; ACPI, "System Address Map Interfaces". Ports exist only
 * while a disk is attached. */
#include "../cpu/reset.h"
#include "board.h"

#include <stdlib.h>
#include <string.h>

enum {
    PORT_VIDEO = 0xb8,
    PORT_EQUIPMENT,
    PORT_MEMORY,
    PORT_DISK,
    PORT_SYSTEM,
    PORT_KEYBOARD,
    PORT_PIECE,
    PORT_DATA
};
enum { SECTOR = 512, HEADS = 255, TRACK = 63, DRIVE = 0x80, PIECE_MAX = 0x8000 };
enum { DISK_INVALID = 1, DISK_PROTECTED = 3, DISK_NOT_FOUND = 4 };
#define SMAP UINT32_C(0x534d4150)

/* ---- registers ---- */

static uint16_t get16(const struct cpu *c, unsigned r) {
    return (uint16_t)c->r[r];
}
static void set16(struct cpu *c, unsigned r, unsigned value) {
    c->r[r] = (c->r[r] & ~UINT64_C(0xffff)) | (uint16_t)value;
}
static void set32(struct cpu *c, unsigned r, uint64_t value) {
    c->r[r] = (c->r[r] & ~UINT64_C(0xffffffff)) | (uint32_t)value;
}
static uint8_t low(const struct cpu *c, unsigned r) {
    return (uint8_t)c->r[r];
}
static uint8_t high(const struct cpu *c, unsigned r) {
    return (uint8_t)(c->r[r] >> 8);
}
static void set_high(struct cpu *c, unsigned r, unsigned value) {
    set16(c, r, (value & 0xff) << 8 | low(c, r));
}

/* AH = status; CF tells whether it is an error */
static void finish(struct cpu *c, unsigned status, bool failed) {
    set_high(c, R_AX, status);
    flags_set_status(c, failed ? FLAG_CF : 0);
}
static void done(struct cpu *c) {
    flags_set_status(c, 0);
}

/* ---- stores ---- */

static void store(struct devices *d, uint64_t from, uint64_t linear, uint32_t size, bool from_record) {
    d->b.bios.from = from;
    d->b.bios.to = linear;
    d->b.bios.left = size;
    d->b.bios.step = 0;
    d->b.bios.from_record = from_record;
}

static uint32_t next_word_of_piece(struct devices *d) {
    uint64_t to = d->b.bios.to;
    uint32_t segment = to >> 4 > 0xffff ? 0xffff : (uint32_t)(to >> 4);
    switch (d->b.bios.step) {
    case 0:
        d->b.bios.piece = d->b.bios.left < PIECE_MAX ? d->b.bios.left : PIECE_MAX;
        d->b.bios.step = d->b.bios.piece ? 1 : 0;
        return d->b.bios.piece / 2;
    case 1:
        d->b.bios.step = 2;
        return segment;
    default:
        d->b.bios.step = 0;
        return (uint32_t)(to - segment * 16) & 0xffff;
    }
}

static uint32_t next_data(struct devices *d) {
    const uint8_t *source = d->b.bios.from_record ? d->b.bios.record : d->disk;
    uint64_t size = d->b.bios.from_record ? sizeof d->b.bios.record : d->disk_bytes, at = d->b.bios.from;
    if (d->b.bios.left < 2)
        return 0;
    uint32_t value = (at < size ? source[at] : 0U) | (at + 1 < size ? (uint32_t)source[at + 1] << 8 : 0);
    d->b.bios.from += 2;
    d->b.bios.to += 2;
    d->b.bios.left -= 2;
    return value;
}

/* ---- INT 13h ---- */

static uint64_t sectors(const struct devices *d) {
    return (d->disk_bytes + SECTOR - 1) / SECTOR;
}

static unsigned cylinders(const struct devices *d) {
    uint64_t n = sectors(d) / (HEADS * TRACK);
    return n < 1 ? 1 : n > 1024 ? 1024 : (unsigned)n;
}

static bool read_sectors(struct devices *d, struct cpu *c, uint64_t first, uint32_t count, uint64_t linear) {
    if (count == 0 || first >= sectors(d) || count > sectors(d) - first) {
        finish(c, DISK_NOT_FOUND, true);
        return false;
    }
    store(d, first * SECTOR, linear, count * SECTOR, false);
    finish(c, 0, false);
    return true;
}

static void read_by_cylinder(struct devices *d, struct cpu *c, bool verify) {
    unsigned sector = low(c, R_CX) & 63, cylinder = high(c, R_CX) | (low(c, R_CX) & 0xc0U) << 2,
             head = high(c, R_DX);
    if (sector == 0 || head >= HEADS) {
        finish(c, DISK_INVALID, true);
        return;
    }
    uint64_t first = ((uint64_t)cylinder * HEADS + head) * TRACK + sector - 1;
    if (read_sectors(d, c, first, low(c, R_AX), c->seg[SEG_ES].base + get16(c, R_BX)) && verify)
        d->b.bios.left = 0;
}

static uint64_t peek(const struct devices *d, uint64_t linear, unsigned size) {
    uint64_t value = 0;
    if (linear <= d->ram_bytes && d->ram_bytes - linear >= size)
        memcpy(&value, d->ram + linear, size);
    return value;
}

/* Disk address packet: size, reserved, count (2 bytes), buffer offset and segment, first sector (8 bytes). */
static void read_by_packet(struct devices *d, struct cpu *c, bool verify) {
    uint64_t packet = (c->seg[SEG_DS].base + get16(c, R_SI)) & c->a20_mask;
    uint64_t buffer = peek(d, packet + 6, 2) * 16 + peek(d, packet + 4, 2);
    if (peek(d, packet, 1) < 16)
        finish(c, DISK_INVALID, true);
    else if (read_sectors(d, c, peek(d, packet + 8, 8), (uint32_t)peek(d, packet + 2, 2), buffer) && verify)
        d->b.bios.left = 0;
}

static void put(uint8_t *at, uint64_t value, unsigned size) {
    memcpy(at, &value, size);
}

static void extended_parameters(struct devices *d, struct cpu *c) {
    uint64_t buffer = c->seg[SEG_DS].base + get16(c, R_SI);
    if (peek(d, buffer & c->a20_mask, 2) < 26) {
        finish(c, DISK_INVALID, true);
        return;
    }
    uint8_t *r = d->b.bios.record;
    memset(r, 0, sizeof d->b.bios.record);
    put(r, 26, 2);
    put(r + 2, 2, 2); /* the geometry is valid */
    put(r + 4, cylinders(d), 4);
    put(r + 8, HEADS, 4);
    put(r + 12, TRACK, 4);
    put(r + 16, sectors(d), 8);
    put(r + 24, SECTOR, 2);
    store(d, 0, buffer, 26, true);
    finish(c, 0, false);
}

static void geometry(struct devices *d, struct cpu *c) {
    unsigned last = cylinders(d) - 1;
    set16(c, R_CX, (last & 0xff) << 8 | (last >> 8 & 3) << 6 | TRACK);
    set16(c, R_DX, (HEADS - 1) << 8 | 1);
    set16(c, R_AX, 0);
    finish(c, 0, false);
}

static void disk_service(struct devices *d, struct cpu *c) {
    unsigned service = high(c, R_AX);
    if (low(c, R_DX) != DRIVE) {
        finish(c, service == 0x15 ? 0 : DISK_INVALID, service != 0x15);
        return;
    }
    switch (service) {
    case 0x00:
    case 0x0d:
        finish(c, 0, false);
        break;
    case 0x01:
        finish(c, d->b.bios.status, d->b.bios.status != 0);
        return;
    case 0x02:
        read_by_cylinder(d, c, false);
        break;
    case 0x04:
        read_by_cylinder(d, c, true);
        break;
    case 0x03:
    case 0x43:
        finish(c, DISK_PROTECTED, true);
        break;
    case 0x08:
        geometry(d, c);
        break;
    case 0x15: {
        uint64_t n = sectors(d);
        set16(c, R_CX, (unsigned)(n >> 16));
        set16(c, R_DX, (unsigned)(n & 0xffff));
        finish(c, 3, false);
        return;
    }
    case 0x41: {
        bool known = get16(c, R_BX) == 0x55aa;
        if (known) {
            set16(c, R_BX, 0xaa55);
            set16(c, R_CX, 1); /* packet interface */
        }
        finish(c, known ? 0x21 : DISK_INVALID, !known);
        return;
    }
    case 0x42:
        read_by_packet(d, c, false);
        break;
    case 0x44:
        read_by_packet(d, c, true);
        break;
    case 0x48:
        extended_parameters(d, c);
        break;
    default:
        finish(c, DISK_INVALID, true);
    }
    d->b.bios.status = high(c, R_AX);
}

/* ---- INT 15h ---- */

static void memory_map(struct devices *d, struct cpu *c) {
    const struct {
        uint64_t base, size;
        uint32_t type;
    } map[] = {{0, 0xa0000, 1},
               {0xf0000, 0x10000, 2},
               {0x100000, d->ram_bytes - 0x100000, 1},
               {0xfec00000, 0x1400000, 2}};
    enum { ROWS = sizeof map / sizeof map[0] };
    uint32_t n = (uint32_t)c->r[R_BX];
    if ((uint32_t)c->r[R_DX] != SMAP || (uint32_t)c->r[R_CX] < 20 || n >= ROWS) {
        finish(c, 0x86, true);
        return;
    }
    uint8_t *r = d->b.bios.record;
    put(r, map[n].base, 8);
    put(r + 8, map[n].size, 8);
    put(r + 16, map[n].type, 4);
    store(d, 0, c->seg[SEG_ES].base + get16(c, R_DI), 20, true);
    set32(c, R_AX, SMAP);
    set32(c, R_CX, 20);
    set32(c, R_BX, n + 1 < ROWS ? n + 1 : 0);
    done(c);
}

static void extended_memory(struct devices *d, struct cpu *c, bool both) {
    uint64_t kib = (d->ram_bytes - 0x100000) / 1024, below = kib < 15360 ? kib : 15360;
    if (both) {
        unsigned above = (unsigned)((kib - below) / 64);
        set16(c, R_AX, (unsigned)below);
        set16(c, R_BX, above);
        set16(c, R_CX, (unsigned)below);
        set16(c, R_DX, above);
    } else {
        set16(c, R_AX, kib < 0xffc0 ? (unsigned)kib : 0xffc0);
    }
    done(c);
}

static void system_service(struct devices *d, struct cpu *c) {
    switch (get16(c, R_AX)) {
    case 0x2400:
    case 0x2401:
        cpu_a20(c, get16(c, R_AX) & 1);
        finish(c, 0, false);
        return;
    case 0x2402:
        set16(c, R_AX, c->a20_mask >> 20 & 1);
        done(c);
        return;
    case 0x2403:
        set16(c, R_BX, 3); /* keyboard controller and port 92h */
        finish(c, 0, false);
        return;
    case 0xe801:
        extended_memory(d, c, true);
        return;
    case 0xe820:
        memory_map(d, c);
        return;
    default:
        break;
    }
    if (high(c, R_AX) == 0x88)
        extended_memory(d, c, false);
    else if (high(c, R_AX) == 0x86)
        finish(c, 0, false); /* waits no time */
    else
        finish(c, 0x86, true);
}

/* ---- INT 10h, 11h, 12h, 16h, 18h, 19h ---- */

static void video_service(struct devices *d, struct cpu *c) {
    switch (high(c, R_AX)) {
    case 0x03: /* cursor */
        set16(c, R_CX, 0x0607);
        set16(c, R_DX, 0);
        break;
    case 0x0e:
        if (d->outlets.debug_byte)
            d->outlets.debug_byte(d->outlets.context, low(c, R_AX));
        break;
    case 0x0f: /* mode 3 with 80 columns, page 0 */
        set16(c, R_AX, 0x5003);
        set_high(c, R_BX, 0);
        break;
    default:
        break;
    }
    done(c);
}

/* Nobody types: a poll finds no key, and who waits for one gets Enter. */
static void keyboard_service(struct cpu *c) {
    unsigned service = high(c, R_AX) & 0xef;
    done(c);
    if (service == 0) {
        set16(c, R_AX, 0x1c0d);
    } else if (service == 1) {
        set16(c, R_AX, 0);
        flags_set_status(c, FLAG_ZF);
    } else {
        set16(c, R_AX, get16(c, R_AX) & 0xff00);
    }
}

void bios_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)size, (void)value;
    if (!d->disk)
        return;
    d->b.bios.left = d->b.bios.step = 0;
    switch (port) {
    case PORT_VIDEO:
        video_service(d, c);
        break;
    case PORT_EQUIPMENT:
        set16(c, R_AX, 0x22);
        done(c);
        break;
    case PORT_MEMORY:
        set16(c, R_AX, 640);
        done(c);
        break;
    case PORT_DISK:
        disk_service(d, c);
        break;
    case PORT_SYSTEM:
        system_service(d, c);
        break;
    case PORT_KEYBOARD:
        keyboard_service(c);
        break;
    case PORT_PIECE:
        c->run_state = RUN_SHUTDOWN;
        break; /* boot again */
    default:
        break;
    }
}

uint32_t bios_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)c;
    if (!d->disk || size != 2 || port < PORT_PIECE)
        return port_ones(size);
    return port == PORT_PIECE ? next_word_of_piece(d) : next_data(d);
}

bool devices_attach_disk(struct devices *d, const uint8_t *ram, const void *image, size_t size) {
    uint8_t *copy = malloc(size);
    if (!copy)
        return false;
    memcpy(copy, image, size);
    free(d->disk);
    d->disk = copy;
    d->disk_bytes = size;
    d->ram = ram;
    /* as a BIOS leaves them: vectors 8 and 70h, all but the timer and the cascade masked, 18.2 ticks a second
     */
    d->b.pic[0].base = 0x08;
    d->b.pic[0].imr = 0xfa;
    d->b.pic[1].base = 0x70;
    d->b.pic[1].imr = 0xff;
    d->b.pit.channel[0] = (struct pit_channel){
        .mode = 3, .access = 3, .gate = true, .loaded = true, .started = true, .reload = 65536};
    d->b.wake = 0; /* look at once */
    return true;
}
