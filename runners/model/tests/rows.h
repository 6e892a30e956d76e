/* SPDX-License-Identifier: BSD-2-Clause */
/* rows.h - the windows that drive.c runs. */
#ifndef RINGDIFF_MODEL_TESTS_ROWS_H
#define RINGDIFF_MODEL_TESTS_ROWS_H

#include "scene.h"

struct model {
    void *self;
    const struct ringdiff_info *(*info)(void);
    void *(*create)(const struct ringdiff_machine *);
    void (*destroy)(void *);
    bool (*accept)(void *, const struct ringdiff_case *);
    void (*memory_changed)(void *, uint64_t, uint64_t);
    bool (*set_state)(void *, const struct ringdiff_state *);
    void (*get_state)(void *, struct ringdiff_state *);
    enum ringdiff_end (*run)(void *, const struct ringdiff_run_limits *, struct ringdiff_event *);
    const char *(*reason)(void *);
};

enum row_end { ROW_EVENT, ROW_REFUSED, ROW_NO_STATE, ROW_LACKS, ROW_LOOPS };
struct row {
    const char *name;
    uint32_t mode, cpl;
    const char *code;
    size_t size;
    uint64_t needs;      /* RINGDIFF_CAN_... */
    const char *only;    /* the model it is for; NULL: all that can */
    const char *not_for; /* names of models with a known issue there */
    enum row_end end;
    /* ROW_EVENT: */
    unsigned vector, kind;
    bool has_error;
    uint32_t error;
    uint64_t cr2; /* 0: not looked at */
    uint64_t rip; /* behind the first instruction's */
    int check;    /* general register to look at, or -1 */
    uint64_t value;
    void (*prepare)(struct scene *, struct ringdiff_state *);
    const char *(*look)(const struct scene *, const struct ringdiff_state *); /* NULL: as it should be */
};
extern const struct row rows[];
extern const unsigned row_count;

#endif
