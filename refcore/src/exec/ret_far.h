/* SPDX-License-Identifier: BSD-2-Clause */
/* RET - Return From Procedure, far.  SDM Vol. 2B, RET, "Operation"; seg/far_return.c. Without an immediate
 * the decoder leaves 0. */
HANDLER(RET_FAR) {
    SYNC;
    far_return(c, OPERAND_BYTES, (uint16_t)o->imm);
    RESUME;
}
ENTRY(RET_FAR);
