/* image.c - a ROM image and its header (docs/image-format.md).
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROM_MAX  (2u << 20)
#define ROM_UNIT 0x10000u
#define FLAGS_AT 0x20

static uint32_t word_at(const uint8_t *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static uint8_t *find_header(const struct image *image) {
    static const uint8_t magic[10] = {'R', 'I', 'N', 'G', 'D', 'I', 'F', 'F', 1, 0};

    for (size_t at = 0; at + 0x200 <= image->size; at += 16) {
        uint8_t *header = image->rom + at;
        if (memcmp(header, magic, sizeof magic) == 0 && (header[10] == 32 || header[10] == 64) &&
            header[11] == 0)
            return header;
    }
    return NULL;
}

void image_load(struct image *image, const char *path) {
    FILE *file = fopen(path, "rb");
    uint8_t *header;
    uint32_t channel;

    if (!file)
        leave(EXIT_EMULATOR, "cannot read image %s: %s", path, strerror(errno));
    image->rom = malloc(ROM_MAX + 1);
    if (!image->rom)
        leave(EXIT_EMULATOR, "no memory for the image");
    image->size = fread(image->rom, 1, ROM_MAX + 1, file);
    fclose(file);
    if (image->size == 0 || image->size > ROM_MAX || image->size % ROM_UNIT)
        leave(EXIT_EMULATOR, "%s is not a ROM image: its size is no multiple of 64 KiB up to 2 MiB", path);
    header = find_header(image);
    if (!header)
        leave(EXIT_EMULATOR, "%s is not a ringdiff image: no header", path);
    channel = word_at(header + 0x14);
    if (channel > CHANNEL_BOCHS_RAM)
        leave(EXIT_EMULATOR, "%s: unknown channel %u", path, channel);
    image->channel = (enum channel)channel;
    image->word_size = header[10] / 8;
    image->start = word_at(header + 0x18);
    image->count = word_at(header + 0x1c);
    image->flags = word_at(header + FLAGS_AT);
    image->out_base = word_at(header + 0x24);
    image->out_size = word_at(header + 0x28);
}

void image_flag(struct image *image, uint32_t flags) {
    image->flags |= flags;
    memcpy(find_header(image) + FLAGS_AT, &image->flags, sizeof image->flags);
}
