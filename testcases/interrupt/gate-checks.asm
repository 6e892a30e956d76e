;; title:    A gate of the IDT is checked for its type, then its DPL (INT n, INT3), then presence; the code is vector
;;+          * 8 + 2 + EXT
;; why:      the order decides between #GP and #NP, and an exception is not stopped by the DPL
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (PROTECTED-MODE, IA-32e-MODE); SDM 3A 6.13 Error Code; SDM 3A
;;+          6.12.1.1 Protection of Exception- and Interrupt-Handler Procedures
;; modes:    pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    gtype = 0..17 22 30 31
;; sweep:    present = 0 1
;; sweep:    gdpl = 0 3
;; variant:  kind = int_n int3 exception
;; where:    kind != exception or gdpl == 0
;; where:    kind != int3 or gtype in {0, 5, 12, 14, 15}
;; where:    not (mode in {pm16, pm32} and present == 1 and gtype in {5, 6, 7}
;;+          and (kind == exception or gdpl >= launch_cpl))
;; expect when gtype not in {5, 6, 7, 14, 15} or (mode not in {pm16, pm32} and gtype < 14): exit == GP
;; expect when gtype in {14, 15} or (mode in {pm16, pm32} and gtype in {5, 6, 7}): exit == (GP if kind != exception
;;+          and gdpl < launch_cpl else NP if present == 0 else stop)
;; expect when exit != stop: err == (0xc2 if kind == int_n else 0x1a if kind == int3 else 0x3b)
;; expect when exit != stop: rip & 0xffff == insn & 0xffff and rsp == launch.rsp and cpl == launch_cpl
;; expect when exit == stop: rip == target and cpl == 0
%ifidn kind, int_n
 %assign n 0x18
%elifidn kind, int3
 %assign n 3
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        SETGATE n, KCODE, target, 0xee
        mov eax, [present]
        shl eax, 2
        or eax, [gdpl]
        shl eax, 5
        or eax, [gtype]
        mov [GATE(n) + 5], al
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%elifidn kind, int3
        int3
%else
        fnop
%endif
        STOP
target: STOP
