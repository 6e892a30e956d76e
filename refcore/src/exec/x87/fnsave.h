/* SPDX-License-Identifier: BSD-2-Clause */
/* FSAVE/FNSAVE - Store x87 FPU State.  SDM Vol. 2A, FSAVE/FNSAVE, "Operation". Then initialises the unit. */
HANDLER(FNSAVE) {
    uint8_t image[ENVIRONMENT_32 + 80];
    unsigned size = environment_size(o);
    x87_available(c, o);
    environment_image(c, o, image);
    for (unsigned i = 0; i < 8; i++)
        memcpy(image + size + 10 * i, &ST(i), 10);
    image_ends(c, o, size + 80, ACCESS_WRITE);
    mem_write_bytes(c, o, o->seg, EA, image, size + 80, 0);
    x87_initialise(c);
    NEXT;
}
ENTRY(FNSAVE);
