/* board.c - the ports a guest finds: port 92h, the debug console, a UART, the VGA's palette, the ways to
   stop.
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <string.h>

#define PORT_A20     0x92
#define PORT_CONSOLE 0xe9
#define PORT_EXIT    0xf4
#define PORT_UART    0x3f8
#define UART_READY   0x60 /* line status: transmitter empty */

void board_init(struct board *board) {
    memset(board, 0, sizeof *board);
    board->palette_mask = 0xff;
    board->a20 = 2;
}

/* The palette's index registers: a colour is three accesses to 3C9h, after which the index moves on. */
static uint8_t next_colour(uint8_t *index, uint8_t *phase, const uint8_t *palette) {
    uint8_t value = palette[*index * 3 + *phase];
    if (++*phase == 3) {
        *phase = 0;
        ++*index;
    }
    return value;
}

static uint8_t read_port(struct board *board, uint16_t port) {
    switch (port) {
    case PORT_A20:
        return board->a20;
    case PORT_CONSOLE: /* as Bochs and QEMU answer: the port is there */
        return 0xe9;
    case PORT_UART + 5:
        return UART_READY;
    case PORT_UART + 7:
        return board->uart_scratch;
    case 0x3c6:
        return board->palette_mask;
    case 0x3c7: /* DAC state: 3 after a read index, 0 after a write index */
        return board->palette_reading ? 3 : 0;
    case 0x3c8:
        return board->palette_write;
    case 0x3c9:
        return next_colour(&board->palette_read, &board->palette_phase, board->palette);
    default:
        return 0xff;
    }
}

static void write_port(struct board *board, uint16_t port, uint8_t value) {
    switch (port) {
    case PORT_A20:
        board->a20 = value;
        break;
    case PORT_CONSOLE:
        if (board->put && board->channel == CHANNEL_E9)
            board->put(board->owner, value);
        break;
    case PORT_UART:
        if (board->put && board->channel == CHANNEL_UART)
            board->put(board->owner, value);
        break;
    case PORT_UART + 7:
        board->uart_scratch = value;
        break;
    case PORT_EXIT:
        board->stopped = true;
        break;
    case 0x3c6:
        board->palette_mask = value;
        break;
    case 0x3c7:
        board->palette_read = value;
        board->palette_phase = 0;
        board->palette_reading = true;
        break;
    case 0x3c8:
        board->palette_write = value;
        board->palette_phase = 0;
        board->palette_reading = false;
        break;
    case 0x3c9:
        board->palette[board->palette_write * 3 + board->palette_phase] = value & 0x3f;
        next_colour(&board->palette_write, &board->palette_phase, board->palette);
        break;
    default:
        break;
    }
}

/* A wide access to byte devices is a series of accesses to neighbouring ports. */
void board_io(struct board *board, struct kvm_run *run) {
    uint8_t *data = (uint8_t *)run + run->io.data_offset;

    for (uint32_t n = 0; n < run->io.count; n++)
        for (uint32_t byte = 0; byte < run->io.size; byte++, data++) {
            uint16_t port = (uint16_t)(run->io.port + byte);
            if (run->io.direction == KVM_EXIT_IO_IN)
                *data = read_port(board, port);
            else
                write_port(board, port, *data);
        }
}
