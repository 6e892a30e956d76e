/* SPDX-License-Identifier: BSD-2-Clause */
/* model.c - where a model begins: it runs NOP, UD2 and nothing else, in flat 32-bit protected mode without paging, and hands each
 * event over. All else is SKIP, with the reason that ringdiff_reason() tells. docs/model-abi.md is the guide. */
#include "ringdiff_model.h"

#include <stdio.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

struct model {
    const struct ringdiff_machine *machine;
    struct ringdiff_state state; /* yours: whatever your CPU model keeps */
    char reason[128];
};

/* Claim nothing you do not have: what is not claimed is not judged, what is claimed and wrong is a finding. */
static const struct ringdiff_info info = {
    .abi = RINGDIFF_MODEL_ABI,
    .modes = RINGDIFF_PM32,
    .can = 0,
    .cpls = 1 << 0 | 1 << 3,
    .name = "mine",
    .version = "0",
    .detail = "the template",
};

EXPORT const struct ringdiff_info *ringdiff_info(void) {
    return &info;
}

EXPORT void *ringdiff_create(const struct ringdiff_machine *machine) {
    struct model *m = calloc(1, sizeof *m);
    if (m)
        m->machine = machine; /* machine->ram is guest memory: physical address 0 and up */
    return m;
}

EXPORT void ringdiff_destroy(void *model) {
    free(model);
}

/* Drop what you have cached of these bytes: decoded or translated code. Here nothing is cached. */
EXPORT void ringdiff_memory_changed(void *model, uint64_t address, uint64_t size) {
    (void)model, (void)address, (void)size;
}

/* Drop cached translations of pages too: the state may have another CR3. */
EXPORT bool ringdiff_set_state(void *model, const struct ringdiff_state *state) {
    struct model *m = model;
    m->state = *state;
    return true;
}

EXPORT void ringdiff_get_state(void *model, struct ringdiff_state *state) {
    const struct model *m = model;
    *state = m->state;
}

static enum ringdiff_end lacks(struct model *m, const uint8_t *code) {
    snprintf(m->reason, sizeof m->reason, "no instruction %02x %02x yet", code[0], code[1]);
    return RINGDIFF_LACKS;
}

EXPORT enum ringdiff_end ringdiff_run(void *model, const struct ringdiff_run_limits *limits,
                                      struct ringdiff_event *event) {
    enum { CS = 1, NOP = 0x90, UD_VECTOR = 6, RF = 1 << 16 };
    struct model *m = model;
    struct ringdiff_state *s = &m->state;
    for (uint64_t i = 0; i < limits->instructions; i++) {
        uint64_t at = (uint32_t)(s->segment[CS].base + s->rip);
        if (s->rip >= s->segment[CS].limit || at + 15 > m->machine->ram_size) {
            snprintf(m->reason, sizeof m->reason, "no fetch beyond the segment or memory yet");
            return RINGDIFF_LACKS;
        }
        const uint8_t *code = m->machine->ram + at;
        s->rflags &= ~(uint64_t)RF; /* it lasts for one instruction */
        if (code[0] == NOP) {
            s->rip++;
        } else if (code[0] == 0x0f && code[1] == 0x0b) {
            /* UD2: RIP stays at the instruction. The host delivers: you need no IDT, no gates, no stack switch. */
            *event = (struct ringdiff_event){.kind = RINGDIFF_FAULT, .vector = UD_VECTOR};
            return RINGDIFF_EVENT;
        } else {
            return lacks(m, code);
        }
    }
    return RINGDIFF_LIMIT;
}

EXPORT const char *ringdiff_reason(void *model) {
    return model ? ((const struct model *)model)->reason : "not enough memory";
}
