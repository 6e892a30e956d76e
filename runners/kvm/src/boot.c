/* boot.c - one boot of an image, and on from a snapshot where a case ends the guest
   (docs/runner-protocol.md).
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define RAM_SIZE     (32u << 20) /* covers the output buffer, which ends at 0x1f00000 */
#define BLOCK_AT     16
#define STALL_MS     3000
#define SAME_MAX     3 /* how often one ordinal may end the guest */
#define RETRACT_DIED 3 /* reason of a RETRACT: docs/record-format.md */

struct session {
    struct vm vm;
    struct board board;
    struct stream stream;
    struct snapshot snapshot;
    struct prefix prefix;
    struct image image;
    struct classes *classes;
    enum vendor vendor;
    int kvm;
    uint32_t end;           /* of what the harness asked for */
    uint32_t careful_until; /* as last told the kit */
    uint32_t hole;          /* a charged ordinal that the range in work stops before; ~0: none */
    uint32_t last_dead;     /* the ordinal that died last, and how often in a row */
    unsigned deaths;
};

static struct resume_block *block_of(struct session *s) {
    return (struct resume_block *)(void *)(s->stream.header + BLOCK_AT);
}

/* KVM finishes an OUT when it is next entered: only then do the registers stand behind it. */
static void finish_io(struct session *s) {
    s->vm.run->immediate_exit = 1;
    if (ioctl(s->vm.vcpu, KVM_RUN, 0) == 0 || errno != EINTR)
        leave(EXIT_EMULATOR, "KVM does not stop after an OUT");
    s->vm.run->immediate_exit = 0;
}

/* Header word 0x18 ff. are the harness's; the kit knows how many ordinals there are. */
static void at_resume_point(struct session *s) {
    struct resume_block *block = block_of(s);

    finish_io(s);
    if (block->kind == RESUME_DONE) {
        if (s->hole != ~0u) {
            block->next = s->hole + 1;
            block->end = s->end;
            s->hole = ~0u;
            s->stream.verified = block->next;
        }
        return;
    }
    if (s->end == 0)
        s->end = block->end;
    snapshot_take(&s->snapshot, &s->vm, &s->board, s->image.out_base);
}

static void resume(struct session *s, uint32_t next, uint32_t end, uint32_t careful_until) {
    struct resume_block *block = block_of(s);

    snapshot_restore(&s->snapshot, &s->vm, &s->board);
    prefix_forget(&s->vm);
    s->stream.in_flight = false;
    s->careful_until = careful_until;
    block->written = s->stream.parsed;
    block->finished = 0;
    block->next = next;
    block->end = end;
    block->careful_until = careful_until;
    block->seq = s->stream.seq;
}

static int exit_code(enum end end) {
    return end == END_SHUTDOWN ? EXIT_SHUTDOWN : end == END_HANG ? EXIT_HANG : EXIT_EMULATOR;
}

/* Frame ENDED: what became of a case that leaves no record. */
static void charge(struct session *s, int code, const char *reason) {
    uint8_t payload[16 + 240];
    uint32_t words[4] = {s->stream.key, s->stream.index, s->stream.ordinal, (uint32_t)code};
    size_t length = strlen(reason);

    if (length > sizeof payload - sizeof words)
        length = sizeof payload - sizeof words;
    memcpy(payload, words, sizeof words);
    memcpy(payload + sizeof words, reason, length);
    stream_frame(&s->stream, FRAME_ENDED, s->stream.seq++, payload, (uint32_t)(sizeof words + length));
}

static void retract(struct session *s) {
    uint32_t words[2] = {s->stream.verified, RETRACT_DIED};
    stream_frame(&s->stream, FRAME_RETRACT, s->stream.seq++, words, sizeof words);
}

/* Why the dead guest's case can only end so here, or NULL. */
static const char *lacking(struct session *s, const struct ending *ending) {
    static char reason[240];
    const char *missing;

    if (ending->end == END_LACKS)
        return ending->text;
    missing = prefix_died(&s->vm);
    if (missing || ending->end != END_INTERNAL)
        return missing;
    missing = classes_missing(s->classes, &s->vm, ending);
    snprintf(reason, sizeof reason, "unemulated: %s", missing ? missing : "");
    return missing ? reason : NULL;
}

/* The guest is dead.  Where a case was in flight the run goes on: what is not verified runs again with care,
   and the case is charged if it alone kills the guest again - or at once where no instruction of its class
   can be emulated. */
static void take_death(struct session *s, const struct ending *ending) {
    struct stream *stream = &s->stream;
    uint32_t dead = stream->ordinal;
    const char *missing;

    s->deaths = dead == s->last_dead ? s->deaths + 1 : 1;
    s->last_dead = dead;
    if (!s->snapshot.taken || !stream->in_flight || stream->lost || s->deaths > SAME_MAX ||
        stream->parsed != stream->copied)
        leave(exit_code(ending->end), "%s", ending->text);
    missing = lacking(s, ending);
    if (ending->end == END_LACKS)
        finish_io(s);
    if (!missing && dead >= s->careful_until) {
        retract(s);
        resume(s, stream->verified, s->end, dead + 1);
        return;
    }
    if (stream->verified < dead) {
        retract(s);
        charge(s, missing ? EXIT_UNAVAILABLE : exit_code(ending->end), missing ? missing : ending->text);
        s->hole = dead;
        resume(s, stream->verified, dead, dead);
    } else {
        charge(s, missing ? EXIT_UNAVAILABLE : exit_code(ending->end), missing ? missing : ending->text);
        s->hole = ~0u;
        stream->verified = dead + 1;
        resume(s, dead + 1, s->end, s->careful_until);
    }
}

static void put_byte(void *owner, uint8_t byte) {
    stream_bytes(owner, &byte, 1);
}

void boot(const struct call *call) {
    static struct session s; /* large, and it lives as long as the process */
    struct ending ending;
    const char *reason = host_refuses(call->vendor);

    if (!reason && call->prefix == PREFIX_FORCED)
        reason = host_refuses_prefix();
    if (reason)
        leave(EXIT_UNAVAILABLE, "%s", reason);
    image_load(&s.image, call->image);
    if (call->hidden && (!(s.image.flags & FLAG_WITNESS) || s.image.channel != CHANNEL_RAM))
        leave(EXIT_UNAVAILABLE, "hidden=1 needs an image of the kit's witness build and the RAM channel");
    if (call->prefix && s.image.channel != CHANNEL_RAM)
        leave(EXIT_UNAVAILABLE, "fep needs the RAM channel");
    s.kvm = kvm_open(&reason);
    if (s.kvm < 0)
        leave(EXIT_UNAVAILABLE, "%s", reason);
    s.vendor = call->vendor;
    s.hole = ~0u;
    s.last_dead = ~0u;
    s.careful_until = s.image.flags & FLAG_CAREFUL ? ~0u : 0;
    if (s.image.out_base > RAM_SIZE || s.image.out_size > RAM_SIZE - s.image.out_base ||
        s.image.out_size < 0x1000)
        leave(EXIT_EMULATOR, "the image's output buffer lies outside of memory");
    watch_start();
    s.classes = classes_new(s.kvm, call->vendor);
    if (s.image.channel == CHANNEL_RAM)
        image_flag(&s.image,
                   FLAG_RESUMABLE | (call->prefix || classes_lack_simd(s.classes) ? FLAG_ASSISTED : 0));
    if (!vm_create(&s.vm, s.kvm, RAM_SIZE, &s.image, call->vendor, &reason))
        leave(EXIT_UNAVAILABLE, "KVM makes no machine: %s", reason);
    if (call->prefix) {
        s.prefix.bytes = prefix_bytes(call->prefix);
        s.vm.prefix = &s.prefix;
    }
    board_init(&s.board);
    s.board.channel = s.image.channel;
    s.board.put = put_byte;
    s.board.owner = &s.stream;
    stream_open(&s.stream, call->stream, s.vm.ram + s.image.out_base, s.image.out_size, s.image.start);
    s.stream.hidden = call->hidden;
    for (;;) {
        guest_run(&s.vm, &s.board, &s.stream, STALL_MS, &ending);
        if (ending.end == END_RESUME_POINT)
            at_resume_point(&s);
        else if (ending.end == END_BYE)
            break;
        else
            take_death(&s, &ending);
    }
    leave(EXIT_BYE, "%s", "");
}
