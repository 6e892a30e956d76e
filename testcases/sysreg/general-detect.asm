;; title:    DR7.GD: an access to a debug register is #DB with DR6.BD before it is done, and the handler runs with
;;+          GD clear
;; cite:     SDM 3B General-Detect Exception Condition; SDM 3B Debug Control Register (DR7), GD; SDM 2B MOV-Move
;;+          to/from Debug Registers, Operation; APM 2 13.1.1.3 Debug Status Register, 13.1.1.4 Debug Control
;;+          Register
;; modes:    real pm16 pm32 compat32 long64
;; variant:  dir = read write
;; variant:  number = 0 2 4 5 6 7
;; expect:   exit == DB_ and dr6 & 0xe00f == 0x2000 and dr7 == 0x400 and dr2 == launch.dr2 and dr0 == launch.dr0
;; expect:   rip & 0xffff == here & 0xffff and regs == {}
%include "window.inc"
        mov eax, 0x2400
        LAUNCH_SET dr7, xax
        mov eax, 0x5a5a
        LAUNCH
here:
%ifidn dir, read
        mov wax, dr%[number]
%else
        mov dr%[number], wax
%endif
        STOP
