/* stream.c - follows the RAM channel, and reads as much of the frames as a resume needs
   (docs/record-format.md).
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define HEADER       64u
#define WRITTEN_AT   16
#define FINISHED_AT  20
#define FRAME_HEADER 12u
#define FRAME_CRC    4u
#define PAYLOAD_MAX  0x80000u
static const char mark[16] = "RINGDIFF-OUTPUT";
static const uint8_t frame_sync[4] = {0xf5, 'R', 'D', '1'};

static uint32_t word_at(const uint8_t *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

void stream_open(struct stream *stream, const char *path, uint8_t *header, uint32_t out_size,
                 uint32_t start) {
    memset(stream, 0, sizeof *stream);
    stream->header = header;
    stream->limit = out_size - HEADER;
    stream->verified = start;
    stream->file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (stream->file < 0)
        leave(EXIT_EMULATOR, "cannot write the stream %s: %s", path, strerror(errno));
}

void stream_bytes(struct stream *stream, const void *bytes, size_t count) {
    const uint8_t *at = bytes;

    while (count) {
        ssize_t done = write(stream->file, at, count);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            leave(EXIT_EMULATOR, "cannot write the stream: %s", strerror(errno));
        at += done;
        count -= (size_t)done;
    }
}

static void take_frame(struct stream *stream, uint8_t type, const uint8_t *payload, uint32_t size) {
    if (type == FRAME_CASE_BEGIN && size == 12) {
        stream->in_flight = true;
        stream->key = word_at(payload);
        stream->index = word_at(payload + 4);
        stream->ordinal = word_at(payload + 8);
    } else if (type == FRAME_RECORD || type == FRAME_RETRACT)
        stream->in_flight = false;
    else if (type == FRAME_VERIFIED && size == 4)
        stream->verified = word_at(payload);
}

static void parse(struct stream *stream, uint32_t written) {
    const uint8_t *bytes = stream->header + HEADER;

    while (!stream->lost && written - stream->parsed >= FRAME_HEADER + FRAME_CRC) {
        const uint8_t *frame = bytes + stream->parsed;
        uint32_t size = word_at(frame + 8), whole = FRAME_HEADER + size + FRAME_CRC;
        if (memcmp(frame, frame_sync, sizeof frame_sync) != 0 || size > PAYLOAD_MAX) {
            stream->lost = true;
            return;
        }
        if (written - stream->parsed < whole)
            return;
        take_frame(stream, frame[4], frame + FRAME_HEADER, size);
        stream->seq = (word_at(frame + 4) >> 16) + 1;
        stream->parsed += whole;
    }
}

bool stream_follow(struct stream *stream) {
    uint32_t written;

    if (memcmp(stream->header, mark, sizeof mark) != 0)
        return false;
    __atomic_load((uint32_t *)(void *)(stream->header + WRITTEN_AT), &written, __ATOMIC_ACQUIRE);
    if (written > stream->limit)
        written = stream->limit; /* a guest gone wild may write any number here */
    if (written <= stream->copied)
        return false;
    stream_bytes(stream, stream->header + HEADER + stream->copied, written - stream->copied);
    stream->copied = written;
    parse(stream, written);
    return true;
}

bool stream_finished(const struct stream *stream) {
    return memcmp(stream->header, mark, sizeof mark) == 0 && stream->header[FINISHED_AT] == 1;
}

uint32_t crc32(const uint8_t *bytes, size_t count) {
    static uint32_t table[256];
    uint32_t crc = ~0u;

    for (uint32_t n = 0; !table[255] && n < 256; n++) {
        uint32_t entry = n;
        for (int bit = 0; bit < 8; bit++)
            entry = entry >> 1 ^ (0xedb88320u & (0u - (entry & 1)));
        table[n] = entry;
    }
    while (count--)
        crc = crc >> 8 ^ table[(crc ^ *bytes++) & 0xff];
    return ~crc;
}

void stream_frame(struct stream *stream, enum frame type, uint32_t seq, const void *payload, uint32_t size) {
    uint8_t frame[FRAME_HEADER + 512 + FRAME_CRC];
    uint16_t number = (uint16_t)seq;
    uint32_t crc;

    if (size > 512)
        size = 512;
    memcpy(frame, frame_sync, sizeof frame_sync);
    frame[4] = (uint8_t)type;
    frame[5] = 0;
    memcpy(frame + 6, &number, 2);
    memcpy(frame + 8, &size, 4);
    memcpy(frame + FRAME_HEADER, payload, size);
    crc = crc32(frame + 4, FRAME_HEADER - 4 + size);
    memcpy(frame + FRAME_HEADER + size, &crc, sizeof crc);
    stream_bytes(stream, frame, FRAME_HEADER + size + FRAME_CRC);
}
