/* SPDX-License-Identifier: BSD-2-Clause */
/* LMSW - Load Machine Status Word.  SDM Vol. 2A, LMSW, "Operation": CR0[3:0] := SRC[3:0]; PE can be set, not
 * cleared. */
HANDLER(LMSW) {
    REQUIRE_CPL0;
    uint64_t source = rm_read(c, o, 2);
    SYNC;
    uint64_t value =
        (c->cr0 & ~(uint64_t)(CR0_MP | CR0_EM | CR0_TS)) | (source & (CR0_PE | CR0_MP | CR0_EM | CR0_TS));
    if (!cr0_write(c, value))
        GP0;
    RESUME_NEXT;
}
ENTRY(LMSW);
