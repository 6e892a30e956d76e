/* SPDX-License-Identifier: BSD-2-Clause */
/* SALC - Set AL on Carry, undocumented by Intel as code.  APM and SDM Vol. 2D, "One-byte Opcode Map",
 * leave D6 open; every processor since the 8086 sets AL to FFH if CF, else to 0. */
HANDLER(SALC) {
    REG8_AT(0) = CF ? 0xff : 0;
    NEXT;
}
ENTRY(SALC);
