/* SPDX-License-Identifier: BSD-2-Clause */
#include "load.h"
const char *load_multiboot(uint8_t *ram, uint64_t ram_size, const void *kernel, size_t size, const char *command_line,
                           const struct load_module *modules, unsigned module_count, struct load_start *start) {
    (void)ram, (void)ram_size, (void)kernel, (void)size, (void)command_line, (void)modules, (void)module_count, (void)start;
    return "multiboot images are not supported yet";
}
void load_enter_multiboot(struct cpu *c, const struct load_start *start) { c->rip = start->entry; }
