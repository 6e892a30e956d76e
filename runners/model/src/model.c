/* SPDX-License-Identifier: BSD-2-Clause */
/* model.c - loads a model's shared object. */
#include "host.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static bool find(const struct model *m, const char *name, void *to) {
    void *at = dlsym(m->object, name);
    memcpy(to, &at, sizeof at);
    return at != 0;
}

const char *model_load(struct model *m, const char *path) {
    static char message[512];
    const struct ringdiff_info *(*info)(void);
    *m = (struct model){0};
    m->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!m->object) {
        snprintf(message, sizeof message, "cannot be loaded: %s", dlerror());
        return message;
    }
    const struct {
        const char *name;
        void *to;
    } functions[] = {{"ringdiff_info", &info},
                     {"ringdiff_create", &m->create},
                     {"ringdiff_destroy", &m->destroy},
                     {"ringdiff_memory_changed", &m->memory_changed},
                     {"ringdiff_set_state", &m->set_state},
                     {"ringdiff_get_state", &m->get_state},
                     {"ringdiff_run", &m->run},
                     {"ringdiff_reason", &m->reason}};
    for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (!find(m, functions[i].name, functions[i].to)) {
            snprintf(message, sizeof message, "is no model: it lacks %s()", functions[i].name);
            return message;
        }
    }
    (void)find(m, "ringdiff_accept", &m->accept);
    m->info = info();
    if (!m->info || m->info->abi != RINGDIFF_MODEL_ABI) {
        snprintf(message, sizeof message, "speaks model ABI %u, not %u", m->info ? m->info->abi : 0,
                 RINGDIFF_MODEL_ABI);
        return message;
    }
    if (!m->info->name || !m->info->version)
        return "tells no name or no version";
    return 0;
}

void model_reason(const struct model *m, const char *fallback, char to[REASON]) {
    const char *said = m->reason(m->self);
    snprintf(to, REASON, "%s", said && *said ? said : fallback);
    for (char *c = to; *c; c++) {
        if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
            *c = '?';
    }
}
