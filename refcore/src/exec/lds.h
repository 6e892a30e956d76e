/* SPDX-License-Identifier: BSD-2-Clause */
/* LDS/LES/LFS/LGS/LSS - Load Far Pointer.  SDM Vol. 2A, LDS/LES/LFS/LGS/LSS, "Operation": the segment
 * register, then the offset. */
#define LOAD_FAR(name, segment)                                                                              \
    HANDLER(name) {                                                                                          \
        unsigned size = far_size(c, o);                                                                      \
        struct far_pointer p = far_pointer_read(c, o, size);                                                 \
        SYNC;                                                                                                \
        seg_load(c, segment, p.selector);                                                                    \
        reg_write(c, o->reg, p.offset, size);                                                                \
        SEGMENT_NEXT;                                                                                        \
    }                                                                                                        \
    ENTRY(name)
LOAD_FAR(LDS, SEG_DS);
LOAD_FAR(LES, SEG_ES);
LOAD_FAR(LFS, SEG_FS);
LOAD_FAR(LGS, SEG_GS);
#undef LOAD_FAR

HANDLER(LSS) {
    unsigned size = far_size(c, o);
    struct far_pointer p = far_pointer_read(c, o, size);
    SYNC;
    seg_load(c, SEG_SS, p.selector);
    reg_write(c, o->reg, p.offset, size);
    RESUME_NEXT;
}
ENTRY(LSS);
