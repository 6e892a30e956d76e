/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine.h"

#include <dlfcn.h>
#include <stddef.h>

const char *library_load(struct library *l, const char *path) {
    static const struct {
        const char *name;
        size_t at;
    } entries[] = {
        {"uc_version", offsetof(struct library, version)},
        {"uc_strerror", offsetof(struct library, strerror)},
        {"uc_open", offsetof(struct library, open)},
        {"uc_close", offsetof(struct library, close)},
        {"uc_ctl", offsetof(struct library, ctl)},
        {"uc_mem_map_ptr", offsetof(struct library, mem_map_ptr)},
        {"uc_mmio_map", offsetof(struct library, mmio_map)},
        {"uc_reg_write", offsetof(struct library, reg_write)},
        {"uc_reg_read", offsetof(struct library, reg_read)},
        {"uc_emu_start", offsetof(struct library, emu_start)},
        {"uc_emu_stop", offsetof(struct library, emu_stop)},
        {"uc_hook_add", offsetof(struct library, hook_add)},
        {"uc_context_alloc", offsetof(struct library, context_alloc)},
        {"uc_context_save", offsetof(struct library, context_save)},
        {"uc_context_restore", offsetof(struct library, context_restore)},
        {"uc_context_size", offsetof(struct library, context_size)},
        {"uc_context_free", offsetof(struct library, context_free)},
    };
    l->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!l->handle)
        return dlerror();
    for (unsigned i = 0; i < sizeof entries / sizeof *entries; i++) {
        void *entry = dlsym(l->handle, entries[i].name);
        if (!entry)
            return dlerror();
        *(void **)(void *)((char *)l + entries[i].at) = entry;
    }
    return 0;
}
