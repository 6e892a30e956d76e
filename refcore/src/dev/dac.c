/* SPDX-License-Identifier: BSD-2-Clause */
/* dac.c - as much of a VGA as programs read back: the palette DAC (3C6h-3C9h), input status 1 (3DAh) and the
 * index registers. IBM VGA technical reference, "Video DAC", "Registers". Nothing is displayed. */
#include "board.h"

#include <string.h>

enum { FRAME = 14285714 /* 70 Hz in ns */, LINE = 31778 /* 31.47 kHz */ };

void vga_reset(struct devices *d) {
    d->b.vga = (struct vga){.mask = 0xff, .misc = 0x67};
}

/* Red, green and blue of one entry in turn, six bits each. */
static uint32_t read_palette(struct vga *v) {
    uint32_t value = v->palette[v->read_index * 3 + v->phase];
    if (++v->phase == 3) {
        v->phase = 0;
        v->read_index++;
    }
    return value;
}

static void write_palette(struct vga *v, uint32_t value) {
    v->palette[v->write_index * 3 + v->phase] = value & 0x3f;
    if (++v->phase == 3) {
        v->phase = 0;
        v->write_index++;
    }
}

static uint32_t status(struct devices *d) {
    uint64_t at = d->b.time % FRAME;
    bool vertical = at < FRAME / 20, blank = vertical || at % LINE < LINE / 5;
    d->b.vga.attribute_data = false;
    return (vertical ? 8U : 0) | (blank ? 1U : 0);
}

uint32_t vga_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)size;
    struct vga *v = &d->b.vga;
    switch (port) {
    case 0x3c0:
        return v->attribute_index;
    case 0x3c1:
        return v->attribute[v->attribute_index & 31];
    case 0x3c2:
        return 0x10;
    case 0x3c4:
        return v->sequencer_index;
    case 0x3c5:
        return v->sequencer[v->sequencer_index & 7];
    case 0x3c6:
        return v->mask;
    case 0x3c7:
        return v->reading ? 3 : 0;
    case 0x3c8:
        return v->write_index;
    case 0x3c9:
        return read_palette(v);
    case 0x3cc:
        return v->misc;
    case 0x3ce:
        return v->graphics_index;
    case 0x3cf:
        return v->graphics[v->graphics_index & 15];
    case 0x3d4:
        return v->crt_index;
    case 0x3d5:
        return v->crt[v->crt_index & 63];
    case 0x3da:
        board_now(d, c);
        return status(d);
    default:
        return 0xff;
    }
}

void vga_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)c, (void)size;
    struct vga *v = &d->b.vga;
    uint8_t byte = (uint8_t)value;
    switch (port) {
    case 0x3c0:
        if (v->attribute_data)
            v->attribute[v->attribute_index & 31] = byte;
        else
            v->attribute_index = byte & 0x3f;
        v->attribute_data = !v->attribute_data;
        break;
    case 0x3c2:
        v->misc = byte;
        break;
    case 0x3c4:
        v->sequencer_index = byte & 7;
        break;
    case 0x3c5:
        v->sequencer[v->sequencer_index & 7] = byte;
        break;
    case 0x3c6:
        v->mask = byte;
        break;
    case 0x3c7:
        v->read_index = byte;
        v->phase = 0;
        v->reading = true;
        break;
    case 0x3c8:
        v->write_index = byte;
        v->phase = 0;
        v->reading = false;
        break;
    case 0x3c9:
        write_palette(v, value);
        break;
    case 0x3ce:
        v->graphics_index = byte & 15;
        break;
    case 0x3cf:
        v->graphics[v->graphics_index & 15] = byte;
        break;
    case 0x3d4:
        v->crt_index = byte & 63;
        break;
    case 0x3d5:
        v->crt[v->crt_index & 63] = byte;
        break;
    default:
        break;
    }
}
