/* SPDX-License-Identifier: BSD-2-Clause */
/* OUTS/OUTSB/OUTSW/OUTSD - Output String to Port.  SDM Vol. 2B, OUTS, "Operation": permission, then the
 * source. */
HANDLER(OUTS) {
    struct string s = port_string(c, o);
    SYNC;
    uint16_t port = (uint16_t)c->r[R_DX];
    bool none = s.repeated && string_index(c, &s, R_CX) == 0;
    if (!none || c->profile->choice.rep_zero_checks_port)
        io_permission(c, port, s.size);
    if (none)
        LEAVE_NEXT;
    for (uint64_t burst = s.repeated ? string_burst(c) : 1;;) {
        uint64_t value = string_load(c, o, o->seg, string_index(c, &s, R_SI), s.size);
        debug_io_access(c, port, s.size);
        c->bus->port_out(c->bus->device, c, port, s.size, (uint32_t)value);
        string_advance(c, &s, R_SI, 1);
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
ENTRY(OUTS);
