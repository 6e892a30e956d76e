/* SPDX-License-Identifier: BSD-2-Clause */
/* vectors.h - refcore --vectors: what only the program needs. */
#ifndef REFCORE_VECTORS_H
#define REFCORE_VECTORS_H

#include "refcore.h"

#include <stdio.h>

/* Makes the image run from its first case to its last, for vectors_take(). NULL, or what is wrong with it. */
const char *vectors_prepare(uint8_t *image, size_t size);
/* Runs the image that is loaded; `ram` is the machine's. NULL, or what went wrong. */
const char *vectors_take(struct refcore *m, const uint8_t *ram, uint64_t ram_size, const char *profile,
                         FILE *to);

/* ---- vectorwriter.c: growing buffers, runs of differing bytes, chunks ---- */

struct buffer {
    uint8_t *at;
    size_t size, room;
};
/* All end the program where there is no memory. */
void buffer_add(struct buffer *b, const void *bytes, size_t size);
void buffer_free(struct buffer *b);
/* Adds runs of what differs in `now` from `before` (`size` bytes, at address `at`); how many. */
uint32_t buffer_runs(struct buffer *b, uint32_t at, const uint8_t *now, const uint8_t *before, size_t size);
void chunk_write(FILE *to, uint32_t type, uint32_t flags, const struct buffer *payload);

#endif
