/* SPDX-License-Identifier: BSD-2-Clause */
/* HLT - Halt.  SDM Vol. 2A, HLT, "Operation". The saved RIP is the next instruction's. */
HANDLER(HLT) {
    REQUIRE_CPL0;
    SYNC;
    c->run_state = RUN_HALT;
    LEAVE_NEXT;
}
ENTRY(HLT);
