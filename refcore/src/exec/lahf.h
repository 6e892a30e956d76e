/* SPDX-License-Identifier: BSD-2-Clause */
/* LAHF - Load Status Flags Into AH Register.  SDM Vol. 2A, LAHF, "Operation"; "64-Bit Mode Exceptions":
 * #UD without CPUID.80000001H:ECX.LAHF-SAHF. */
HANDLER(LAHF) {
    if (in_64bit_code(c) && !cpu_has(c, FEATURE_LAHF64))
        UD;
    REG8_AT(1) = (uint8_t)(flags_status(c) | FLAG_1);
    NEXT;
}
ENTRY(LAHF);
