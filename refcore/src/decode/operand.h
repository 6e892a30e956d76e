/* SPDX-License-Identifier: BSD-2-Clause */
/* operand.h - operand types of opcodes.def, in the notation of SDM Vol. 2D, Appendix A, "Codes for Addressing
 * Method" and "Codes for Operand Type". */
#ifndef REFCORE_DECODE_OPERAND_H
#define REFCORE_DECODE_OPERAND_H

enum operand {
    __, /* none */
    /* ModRM.rm: general register or memory */
    Eb,
    Ew,
    Ed,
    Eq,
    Ev,
    Ey,
    Ep_far /* m16:16/32/64 */,
    Ezw /* Ev register, but m16 memory (MOV from Sreg, SMSW, ...) */,
    /* ModRM.rm, memory only: of the size given, or M: no access size (LEA, INVLPG, state images) */
    M,
    Mb,
    Mw,
    Md,
    Mq,
    Mdq,
    Mqq,
    Mv,
    My,
    Mp,
    Ms,
    Ma,
    Mt /* 80-bit */,
    Mx /* 128 or 256 by VEX.L */,
    /* ModRM.rm, register only, general */
    Rv,
    Rd,
    Rq,
    Ry,
    /* ModRM.reg, general register */
    Gb,
    Gw,
    Gd,
    Gq,
    Gv,
    Gy,
    Gz,
    /* VEX.vvvv, general register */
    By,
    Bd,
    Bq,
    /* ModRM.reg: segment, control, debug register */
    Sw,
    Cy,
    Dy,
    /* low three bits of the opcode, general register */
    Zb,
    Zv,
    Zq /* v, 64 bits by default in 64-bit mode (PUSH, POP) */,
    Zy /* BSWAP */,
    /* fixed registers */
    AL,
    AX,
    eAX,
    rAX /* v */,
    CL,
    DX,
    ONE1 /* the constant 1 */,
    ES_,
    CS_,
    SS_,
    DS_,
    FS_,
    GS_,
    /* immediates: byte, byte sign-extended to the operand size, word, z (16/32 sign-extended to 64), v
     * (16/32/64) */
    Ib,
    sIb,
    Iw,
    Iz,
    Iv,
    /* relative branches, far pointer, moffs */
    Jb,
    Jz,
    Ap,
    Ob,
    Ov,
    /* string operands: DS:rSI (override applies), ES:rDI */
    Xb,
    Xv,
    Xz,
    Yb,
    Yv,
    Yz,
    /* x87: ST(0), ST(i) from ModRM.rm */
    ST0,
    STi,
    /* MMX: ModRM.reg, rm register or m64, rm register, rm register or m32 */
    Pq,
    Qq,
    Nq,
    Qd,
    /* XMM/YMM: ModRM.reg; rm register or memory; rm register; vvvv; is4. x = dq or qq by VEX.L */
    Vx,
    Vdq,
    Vqq,
    Vq,
    Vd,
    Vss,
    Vsd,
    Wx,
    Wdq,
    Wqq,
    Wq,
    Wd,
    Ww,
    Wb,
    Wss,
    Wsd,
    Wh /* half of x: m64/m128 */,
    Wf4 /* quarter */,
    Wf8 /* eighth */,
    Ux,
    Udq,
    Hx,
    Hdq,
    Hqq,
    Hq,
    Hss,
    Hsd,
    Lx,
    Ldq,
    /* vector index memory (gathers): xmm/ymm index */
    VMx,
};

#endif
