/* SPDX-License-Identifier: BSD-2-Clause */
#include "load.h"
const char *load_disk(uint8_t *ram, uint64_t ram_size, struct devices *devices, const void *image, size_t size) {
    (void)ram, (void)ram_size, (void)devices, (void)image, (void)size;
    return "disk images are not supported yet";
}
void load_enter_disk(struct cpu *c) { c->rip = 0x7c00; }
