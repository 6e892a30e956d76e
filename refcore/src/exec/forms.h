/* SPDX-License-Identifier: BSD-2-Clause */
/* forms.h - expands one manual entry by operand size and form.
 *
 *     #define INSN ADC                // makes entry_ADC
 *     #define BODY "adc.h"
 *     #define SHAPES SHAPES_RMW       // or another of the table below
 *     #define SIZES 8, 16, 32, 64     // documentation; sizes that no row uses cost nothing
 *     #include "forms.h"
 *
 * The body speaks of T (unsigned, operand size), S (signed), BITS, DEST, SRC, THIRD (register of the third operand),
 * IMM, SET_DEST(v), WRITE_CYCLE(v) (stores to a memory destination, leaves a register), REG(n), SET_REG(n, v), CF, and
 * the FLAGS_ macros. It ends without NEXT: forms.h adds it. DEST may be evaluated once; SET_DEST cannot fault once
 * DEST was read in the RMW shapes. In SHAPES_WRITE there is no DEST. The names address, place and e are taken.
 *
 *     SHAPES_RMW       r,r  r,i  r,m  m,r  m,i    DEST is read and written: ADD
 *     SHAPES_READ      r,r  r,i  r,m  m,r  m,i    DEST is only read: CMP, TEST
 *     SHAPES_WRITE     r,r  r,i  r,m  m,r  m,i    DEST is only written: MOV
 *     SHAPES_LOAD      r,r  r,i  r,m              destination register: IMUL, CMOVcc. SRC_OF(n) is the source as an operand
 *                                                 of n bits, 8, 16, 32: MOVZX, CRC32
 *     SHAPES_EXCHANGE  r,r  m,r                   the second operand is a register (o->src) and may be written: XADD, SHLD
 *     SHAPES_UNARY     r    m                     one operand, read and written, or only written: NOT, SETcc. Also with a
 *                                                 second operand that the body fetches itself (IMM, CL): shifts, BTS imm8
 *     SHAPES_SOURCE    r    m                     one operand, only read (it is called DEST all the same): MUL, DIV, BT imm8
 *
 * BASE_FORMS before the include: binary shapes get handlers of their own for flat memory without an index.
 * OPERANDS_Y before the include: sizes 32 and 64 only ("y" operands), whatever the operand-size attribute.
 * A body that ends with a block_ function or LEAVE needs no NEXT; the one added is then dead.
 */
#include "exec.h"

#include "forms_words.h"

#ifndef OPERANDS_Y
#define BITS 8
#define T    uint8_t
#define S    int8_t
#include "forms_size.h"
#undef BITS
#undef T
#undef S
#define BITS 16
#define T    uint16_t
#define S    int16_t
#include "forms_size.h"
#undef BITS
#undef T
#undef S
#endif
#define BITS 32
#define T    uint32_t
#define S    int32_t
#include "forms_size.h"
#undef BITS
#undef T
#undef S
#define BITS 64
#define T    uint64_t
#define S    int64_t
#include "forms_size.h"
#undef BITS
#undef T
#undef S

/* OPERANDS_Y: the operands are 32 or 64 bits in every mode, also where an operand-size attribute says 16 */
#ifdef OPERANDS_Y
#define FOUR(shape)                                                                                          \
    { 0, PASTE3(INSN, shape, 32), PASTE3(INSN, shape, 32), PASTE3(INSN, shape, 64) }
#else
#define FOUR(shape)                                                                                          \
    { PASTE3(INSN, shape, 8), PASTE3(INSN, shape, 16), PASTE3(INSN, shape, 32), PASTE3(INSN, shape, 64) }
#endif
const struct entry PASTE(entry_, INSN) = {.run = {
                                              [SHAPE_RR] = FOUR(rr),
#if SHAPES_ARE_BINARY || SHAPES == SHAPES_LOAD
                                              [SHAPE_RI] = FOUR(ri),
                                              [SHAPE_RM_FLAT] = FOUR(rmf),
                                              [SHAPE_RM] = FOUR(rms),
#endif
#if SHAPES != SHAPES_LOAD
                                              [SHAPE_MR_FLAT] = FOUR(mrf),
                                              [SHAPE_MR] = FOUR(mrs),
#endif
#if SHAPES_ARE_BINARY
                                              [SHAPE_MI_FLAT] = FOUR(mif),
                                              [SHAPE_MI] = FOUR(mis),
#endif
#ifdef BASE_FORMS
                                              [SHAPE_RM_BASE] = FOUR(rmb),
                                              [SHAPE_MR_BASE] = FOUR(mrb),
                                              [SHAPE_MI_BASE] = FOUR(mib),
#endif
#if SHAPES_ARE_UNARY
                                              [SHAPE_RI] = FOUR(rr),
                                              [SHAPE_MI_FLAT] = FOUR(mrf),
                                              [SHAPE_MI] = FOUR(mrs),
#endif
                                          }};
#undef FOUR
#undef INSN
#undef BODY
#undef SHAPES
#ifdef SIZES
#undef SIZES
#endif
#ifdef OPERANDS_Y
#undef OPERANDS_Y
#endif
#ifdef BASE_FORMS
#undef BASE_FORMS
#endif
