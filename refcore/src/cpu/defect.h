/* SPDX-License-Identifier: BSD-2-Clause */
/* defect.h - deliberately broken cores, to prove that the suite sees what it is there to see. Exists in
 * VARIANT=defects alone, where --defect NAME chooses one; in every other build DEFECT() is the constant
 * false. */
#pragma once

/* DEFECT_NAME(identifier, name on the command line): each is the defect of one row of the first cases */
#define DEFECTS(X)                                                                                           \
    X(SYSRET_RPL, "sysret-rpl")               /* SYSRET leaves SS.RPL as STAR has it */                      \
    X(IRET_ERROR_CODE, "iret-error-code")     /* IRET's #GP for a bad CS has error code 0 */                 \
    X(CACHED_ESP0, "cached-esp0")             /* the inner stacks are those that LTR found in the TSS */     \
    X(HALF_DONE_RMW, "half-done-rmw")         /* a read-modify-write asks for write access when it stores */ \
    X(CLOBBERED_R11, "clobbered-r11")         /* SYSCALL saves the masked flags */                           \
    X(INS_THROUGH_RAX, "ins-through-rax")     /* INS passes its data through the accumulator */              \
    X(PE_DROPS_SEGMENTS, "pe-drops-segments") /* a change of CR0.PE loads the segments anew */

enum defect {
    DEFECT_NONE,
#define DEFECT_ENUM(id, name) DEFECT_##id,
    DEFECTS(DEFECT_ENUM)
#undef DEFECT_ENUM
};

#ifdef REFCORE_DEFECTS
struct refcore;

/* Makes the machine a broken one; 0 if there is no defect of that name. */
int refcore_set_defect(struct refcore *, const char *name);

#define DEFECT(c, id) ((c)->defect == DEFECT_##id)
#else
#define DEFECT(c, id) 0
#endif
