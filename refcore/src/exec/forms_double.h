/* SPDX-License-Identifier: BSD-2-Clause */
/* forms_double.h - the doubled operand of MUL and DIV: AX; DX:AX; EDX:EAX; RDX:RAX. For bodies under
 * forms.h. */
#ifndef REFCORE_EXEC_FORMS_DOUBLE_H
#define REFCORE_EXEC_FORMS_DOUBLE_H

typedef unsigned __int128 unsigned128;
typedef __int128 signed128;

/* types that hold 2 * BITS */
#define DOUBLE_8         uint64_t
#define DOUBLE_16        uint64_t
#define DOUBLE_32        uint64_t
#define DOUBLE_64        unsigned128
#define DOUBLE_SIGNED_8  int64_t
#define DOUBLE_SIGNED_16 int64_t
#define DOUBLE_SIGNED_32 int64_t
#define DOUBLE_SIGNED_64 signed128
#define DOUBLE           PASTE(DOUBLE_, BITS)
#define DOUBLE_SIGNED    PASTE(DOUBLE_SIGNED_, BITS)

/* the halves, by operand size: the upper one is AH where it is 8 bits */
#define LOW_8            REG8_AT(0)
#define HIGH_8           REG8_AT(1)
#define LOW_16           REG(R_AX)
#define HIGH_16          REG(R_DX)
#define LOW_32           LOW_16
#define HIGH_32          HIGH_16
#define LOW_64           LOW_16
#define HIGH_64          HIGH_16
#define LOW_HALF         PASTE(LOW_, BITS)
#define HIGH_HALF        PASTE(HIGH_, BITS)
#define NUMBER_LOW_8     0
#define NUMBER_HIGH_8    1
#define NUMBER_LOW_16    R_AX
#define NUMBER_HIGH_16   R_DX
#define NUMBER_LOW_32    R_AX
#define NUMBER_HIGH_32   R_DX
#define NUMBER_LOW_64    R_AX
#define NUMBER_HIGH_64   R_DX
#define SET_LOW_HALF(v)  SET_REG(PASTE(NUMBER_LOW_, BITS), v)
#define SET_HIGH_HALF(v) SET_REG(PASTE(NUMBER_HIGH_, BITS), v)

#endif
