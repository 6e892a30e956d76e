/* SPDX-License-Identifier: BSD-2-Clause */
/* FRSTOR - Restore x87 FPU State.  SDM Vol. 2A, FRSTOR, "Operation". */
HANDLER(FRSTOR) {
    uint8_t image[ENVIRONMENT_32 + 80];
    unsigned size = environment_size(o);
    x87_wait(c, o);
    image_ends(c, o, size + 80, ACCESS_READ);
    mem_read_bytes(c, o, o->seg, EA, image, size + 80, 0);
    environment_load(c, o, image);
    for (unsigned i = 0; i < 8; i++)
        memcpy(&ST(i), image + size + 10 * i, 10);
    NEXT;
}
ENTRY(FRSTOR);
