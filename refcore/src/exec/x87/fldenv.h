/* SPDX-License-Identifier: BSD-2-Clause */
/* FLDENV - Load x87 FPU Environment.  SDM Vol. 2A, FLDENV, "Operation". */
HANDLER(FLDENV) {
    uint8_t image[ENVIRONMENT_32];
    x87_wait(c, o);
    image_ends(c, o, environment_size(o), ACCESS_READ);
    mem_read_bytes(c, o, o->seg, EA, image, environment_size(o), 0);
    environment_load(c, o, image);
    NEXT;
}
ENTRY(FLDENV);
