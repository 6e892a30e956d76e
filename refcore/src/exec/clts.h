/* SPDX-License-Identifier: BSD-2-Clause */
/* CLTS - Clear Task-Switched Flag in CR0.  SDM Vol. 2A, CLTS, "Operation". */
HANDLER(CLTS) {
    REQUIRE_CPL0;
    SYNC;
    c->cr0 &= ~(uint64_t)CR0_TS;
    mode_changed(c);
    RESUME_NEXT;
}
ENTRY(CLTS);
