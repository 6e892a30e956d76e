/* SPDX-License-Identifier: BSD-2-Clause */
/* SAHF - Store AH Into Flags.  SDM Vol. 2B, SAHF, "Operation"; "64-Bit Mode Exceptions": #UD without
 * CPUID.80000001H:ECX.LAHF-SAHF. */
HANDLER(SAHF) {
    if (in_64bit_code(c) && !cpu_has(c, FEATURE_LAHF64))
        UD;
    flags_set_status(c, REG8_AT(1) | (flag_of(c) ? FLAG_OF : 0U));
    NEXT;
}
ENTRY(SAHF);
