/* SPDX-License-Identifier: BSD-2-Clause */
/* toy.c - a model that is wrong on purpose, around one that is right. Options: inner=FILE, the right one; do=WHAT; at=TEXT, only in
 * cases whose id has this text; nth=N, only the N-th of those (from 1). */
#include "ringdiff_model.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct toy {
    const struct ringdiff_machine *machine;
    void *inner;
    bool (*set_state)(void *model, const struct ringdiff_state *state);
    void (*get_state)(void *model, struct ringdiff_state *state);
    enum ringdiff_end (*run)(void *model, const struct ringdiff_run_limits *limits,
                             struct ringdiff_event *event);
    void (*changed)(void *model, uint64_t address, uint64_t size);
    void (*destroy)(void *model);
    char what[32], at[128];
    unsigned nth, seen;
    bool here; /* in a case that is meant */
    bool lar;  /* its window begins with LAR */
};
static struct ringdiff_info info;

static void option(const char *options, const char *name, char *to, size_t size) {
    const char *at = strstr(options, name);
    snprintf(to, size, "%s", at ? at + strlen(name) : "");
    to[strcspn(to, ",")] = 0;
}

/* Before ringdiff_create() has told which model is meant, the claims are those of any. */
const struct ringdiff_info *ringdiff_info(void) {
    if (!info.abi)
        info = (struct ringdiff_info){.abi = RINGDIFF_MODEL_ABI,
                                      .modes = 0x7fe,
                                      .can = 0xfff,
                                      .cpls = 15,
                                      .name = "toy",
                                      .version = "1",
                                      .detail = "wrong on purpose"};
    return &info;
}

void *ringdiff_create(const struct ringdiff_machine *machine) {
    static struct toy toy;
    struct toy *t = &toy;
    char inner[512], nth[16];
    option(machine->options, "inner=", inner, sizeof inner);
    option(machine->options, "do=", t->what, sizeof t->what);
    option(machine->options, "at=", t->at, sizeof t->at);
    option(machine->options, "nth=", nth, sizeof nth);
    t->nth = (unsigned)atoi(nth);
    t->machine = machine;
    if (strcmp(t->what, "die-at-birth") == 0)
        abort();
    if (!inner[0]) /* a probe */
        return t;
    void *object = dlopen(inner, RTLD_NOW | RTLD_LOCAL);
    if (!object || strcmp(t->what, "refuse") == 0)
        return 0;
    void *(*create)(const struct ringdiff_machine *) = dlsym(object, "ringdiff_create");
    t->set_state = dlsym(object, "ringdiff_set_state");
    t->get_state = dlsym(object, "ringdiff_get_state");
    t->run = dlsym(object, "ringdiff_run");
    t->changed = dlsym(object, "ringdiff_memory_changed");
    t->destroy = dlsym(object, "ringdiff_destroy");
    t->inner = create(machine);
    if (strcmp(t->what, "claim-nothing") == 0)
        info.can = 0;
    if (strstr(machine->options, "deliver=0") && strcmp(t->what, "claim-delivery") != 0)
        info.can &= ~(uint64_t)(RINGDIFF_CAN_DELIVER | RINGDIFF_CAN_SHUT_DOWN);
    return t->inner ? t : 0;
}

void ringdiff_destroy(void *model) {
    struct toy *t = model;
    if (t->inner)
        t->destroy(t->inner);
}

bool ringdiff_accept(void *model, const struct ringdiff_case *which) {
    struct toy *t = model;
    bool meant = strstr(which->id, t->at) != 0;
    t->seen += meant;
    t->here = meant && (t->nth == 0 || t->seen == t->nth);
    size_t i = 0;
    while (i < which->code_size && (which->code[i] == 0x66 || (which->code[i] & 0xf0) == 0x40))
        i++;
    t->lar = i + 1 < which->code_size && which->code[i] == 0x0f && which->code[i + 1] == 0x02;
    return !(t->here && strcmp(t->what, "decline") == 0);
}

void ringdiff_memory_changed(void *model, uint64_t address, uint64_t size) {
    struct toy *t = model;
    t->changed(t->inner, address, size);
}

bool ringdiff_set_state(void *model, const struct ringdiff_state *state) {
    struct toy *t = model;
    return t->set_state(t->inner, state);
}

void ringdiff_get_state(void *model, struct ringdiff_state *state) {
    struct toy *t = model;
    t->get_state(t->inner, state);
    if (!t->here)
        return;
    if (strcmp(t->what, "lar") == 0 && t->lar)
        state->gpr[0]++;
    if (strcmp(t->what, "cpl") == 0)
        state->cpl = 7;
    if (strcmp(t->what, "flags") == 0)
        state->rflags |= 1 << 5;
    if (strcmp(t->what, "elsewhere") == 0)
        state->rip = 0x1234;
    if (strcmp(t->what, "garbage-state") == 0)
        memset(state, 0xa5, sizeof *state);
}

static enum ringdiff_end misbehave(struct toy *t, struct ringdiff_event *event) {
    volatile int *nowhere = (volatile int *)8;
    if (strcmp(t->what, "segv") == 0)
        *nowhere = 1;
    if (strcmp(t->what, "hang") == 0)
        for (;;)
            pause();
    if (strcmp(t->what, "exit") == 0)
        exit(0);
    if (strcmp(t->what, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(t->what, "close") == 0)
        for (int i = 0; i < 256; i++)
            close(i);
    if (strcmp(t->what, "stray") == 0)
        t->machine->ram[0x25000] = 0x5a;
    if (strcmp(t->what, "stray-arena") == 0)
        t->machine->ram[0x4f123] = 0x5a;
    if (strcmp(t->what, "overrun") == 0)
        memset(t->machine->ram + t->machine->ram_size - 4096, 0, 1U << 30);
    if (strcmp(t->what, "garbage-end") == 0)
        return (enum ringdiff_end)99;
    if (strcmp(t->what, "lacks") == 0)
        return RINGDIFF_LACKS;
    if (strcmp(t->what, "error") == 0)
        return RINGDIFF_ERROR;
    if (strcmp(t->what, "limit") == 0)
        return RINGDIFF_LIMIT;
    if (strcmp(t->what, "garbage-event") == 0) {
        memset(event, 0xff, sizeof *event);
        return RINGDIFF_EVENT;
    }
    if (strcmp(t->what, "no-error-code") == 0) {
        *event = (struct ringdiff_event){.kind = RINGDIFF_FAULT, .vector = 13};
        return RINGDIFF_EVENT;
    }
    return (enum ringdiff_end)0;
}

enum ringdiff_end ringdiff_run(void *model, const struct ringdiff_run_limits *limits,
                               struct ringdiff_event *event) {
    struct toy *t = model;
    enum ringdiff_end end = t->run(t->inner, limits, event);
    enum ringdiff_end wrong = t->here ? misbehave(t, event) : (enum ringdiff_end)0;
    if (strcmp(t->what, "chatter") == 0) {
        puts("noise on standard output");
        fflush(stdout);
    }
    return wrong ? wrong : end;
}

const char *ringdiff_reason(void *model) {
    return model ? "the toy\x01 says why" : "the toy refuses";
}
