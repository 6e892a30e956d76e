/* SPDX-License-Identifier: BSD-2-Clause */
/* vectorwriter.c - the pieces of a vector file (docs/vector-format.md). */
#include "vector_format.h"
#include "vectors.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { END_NO_MEMORY = 76 }; /* as in main.c */

void buffer_add(struct buffer *b, const void *bytes, size_t size) {
    if (size > b->room - b->size) {
        b->room = (b->size + size) * 2 + 256;
        uint8_t *more = realloc(b->at, b->room);
        if (!more) {
            fputs("refcore: --vectors: not enough memory\n", stderr);
            exit(END_NO_MEMORY);
        }
        b->at = more;
    }
    if (size)
        memcpy(b->at + b->size, bytes, size);
    b->size += size;
}

void buffer_free(struct buffer *b) {
    free(b->at);
    *b = (struct buffer){0};
}

/* The first byte from `i` on that differs, or `size`. */
static size_t next_difference(const uint8_t *now, const uint8_t *before, size_t i, size_t size) {
    enum { LINE = 256 };
    while (i + LINE <= size && memcmp(now + i, before + i, LINE) == 0)
        i += LINE;
    while (i < size && now[i] == before[i])
        i++;
    return i;
}

uint32_t buffer_runs(struct buffer *b, uint32_t at, const uint8_t *now, const uint8_t *before, size_t size) {
    enum { GAP = 8 }; /* a run's head costs as much */
    uint32_t runs = 0;
    for (size_t i = next_difference(now, before, 0, size); i < size;) {
        size_t end = i + 1, next = next_difference(now, before, end, size);
        while (next < size && next - end <= GAP) {
            end = next + 1;
            next = next_difference(now, before, end, size);
        }
        const struct vector_run run = {at + (uint32_t)i, (uint32_t)(end - i)};
        buffer_add(b, &run, sizeof run);
        buffer_add(b, now + i, end - i);
        runs++;
        i = next;
    }
    return runs;
}

void chunk_write(FILE *to, uint32_t type, uint32_t flags, const struct buffer *payload) {
    struct buffer packed = {0};
    if (flags & VECTOR_ZLIB) {
        uLongf room = compressBound(payload->size);
        const uint64_t length = payload->size;
        buffer_add(&packed, &length, sizeof length);
        uint8_t *out = malloc(room);
        if (!out || compress2(out, &room, payload->at, payload->size, 3) != Z_OK) {
            fputs("refcore: --vectors: not enough memory\n", stderr);
            exit(END_NO_MEMORY);
        }
        buffer_add(&packed, out, room);
        free(out);
        payload = &packed;
    }
    const struct vector_chunk head = {type, flags, payload->size};
    uLong sum = crc32(0, (const Bytef *)&head, sizeof head);
    if (payload->size)
        sum = crc32(sum, payload->at, (uInt)payload->size);
    const uint32_t crc = (uint32_t)sum;
    fwrite(&head, sizeof head, 1, to);
    fwrite(payload->at, 1, payload->size, to);
    fwrite(&crc, sizeof crc, 1, to);
    buffer_free(&packed);
}
