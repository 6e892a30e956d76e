/* SPDX-License-Identifier: BSD-2-Clause */
/* INS/INSB/INSW/INSD - Input from Port to String.  SDM Vol. 2A, INS, "Operation": permission, then the
 * destination ES:rDI, which is checked before the port is read, so that no input is lost to a page fault. */
HANDLER(INS) {
    struct string s = port_string(c, o);
    SYNC;
    uint16_t port = (uint16_t)c->r[R_DX];
    bool none = s.repeated && string_index(c, &s, R_CX) == 0;
    if (!none || c->profile->choice.rep_zero_checks_port)
        io_permission(c, port, s.size);
    if (none)
        LEAVE_NEXT;
    for (uint64_t burst = s.repeated ? string_burst(c) : 1;;) {
        uint64_t offset = string_index(c, &s, R_DI);
        mem_probe_write(c, o, SEG_ES, offset, s.size);
        uint32_t data = c->bus->port_in(c->bus->device, c, port, s.size);
        if (DEFECT(c, INS_THROUGH_RAX)) {
            uint32_t late = (uint32_t)c->r[R_AX];
            c->r[R_AX] = data;
            data = late;
        }
        string_store(c, o, offset, data, s.size);
        debug_io_access(c, port, s.size);
        string_advance(c, &s, R_DI, 1);
        if (!s.repeated)
            break;
        string_count(c, &s, 1);
        if (string_index(c, &s, R_CX) == 0)
            break;
        if (--burst == 0 || port_string_interrupted(c))
            PORT_STRING_SUSPEND;
    }
    SYNC;
    LEAVE_NEXT;
}
ENTRY(INS);
