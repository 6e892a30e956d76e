/* hidden.c - hidden segment parts: the kit's witness build stops at each capture (docs/runner-protocol.md).
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <string.h>
#include <sys/ioctl.h>

#define ORDINAL  0xa20400 /* physical: the case being run (testcases/kit/variables.inc) */
#define UNUSABLE (1u << 8)

struct entry { /* frame HIDDEN, docs/record-format.md */
    uint16_t selector, rights;
    uint32_t limit;
    uint64_t base;
};

static struct entry entry(const struct kvm_segment *s) {
    unsigned rights = s->type | (unsigned)s->s << 4 | (unsigned)s->dpl << 5 | (unsigned)s->present << 7;

    rights |= (unsigned)s->avl << 12 | (unsigned)s->l << 13 | (unsigned)s->db << 14 | (unsigned)s->g << 15;
    if (s->unusable || !s->present)
        rights |= UNUSABLE;
    return (struct entry){s->selector, (uint16_t)rights, s->limit, s->base};
}

bool hidden_port(const struct vm *vm, struct stream *stream) {
    struct {
        struct entry segment[8];
    } all;
    uint8_t payload[4 + sizeof all];
    struct kvm_sregs sregs;

    if (vm->run->io.port != WITNESS_PORT || vm->run->io.direction != KVM_EXIT_IO_OUT)
        return false;
    if (!stream->hidden)
        return true;
    if (ioctl(vm->vcpu, KVM_GET_SREGS, &sregs) < 0)
        leave(EXIT_EMULATOR, "KVM does not tell the segment registers");
    all.segment[0] = entry(&sregs.es);
    all.segment[1] = entry(&sregs.cs);
    all.segment[2] = entry(&sregs.ss);
    all.segment[3] = entry(&sregs.ds);
    all.segment[4] = entry(&sregs.fs);
    all.segment[5] = entry(&sregs.gs);
    all.segment[6] = entry(&sregs.ldt);
    all.segment[7] = entry(&sregs.tr);
    stream_follow(stream); /* the frame belongs behind what the guest has said so far */
    memcpy(payload, vm->ram + ORDINAL, 4);
    memcpy(payload + 4, &all, sizeof all);
    stream_frame(stream, FRAME_HIDDEN, 0, payload, sizeof payload);
    return true;
}
