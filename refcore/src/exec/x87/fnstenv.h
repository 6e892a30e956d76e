/* SPDX-License-Identifier: BSD-2-Clause */
/* FSTENV/FNSTENV - Store x87 FPU Environment.  SDM Vol. 2A, FSTENV/FNSTENV, "Operation". Then masks all exceptions. */
HANDLER(FNSTENV) {
    uint8_t image[ENVIRONMENT_32];
    x87_available(c, o);
    environment_image(c, o, image);
    image_ends(c, o, environment_size(o), ACCESS_WRITE);
    mem_write_bytes(c, o, o->seg, EA, image, environment_size(o), 0);
    c->x87.control |= X87_EXCEPTIONS;
    x87_summarise(c);
    NEXT;
}
ENTRY(FNSTENV);
