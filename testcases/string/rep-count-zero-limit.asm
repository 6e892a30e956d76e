;; title:    A repeated string instruction whose count is zero checks no limit and moves no index
;; cite:     SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Operation; APM 3 1.2.6 Repeat Prefixes
;; modes:    real unreal vm86 pm16 compat16
;; cpl:      0 3
;; sweep:    upper = 0 1
;; variant:  insn = movsw movsd stosw lodsd cmpsw scasd
;; variant:  prefix = rep repne
;; where:    prefix == rep or insn in {cmpsw, scasd}
;; expect:   exit == stop and rip & 0xffff == after & 0xffff and regs == {}
;; expect:   flags & 0xcd5 == 0x891
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x20893
%else
        LAUNCH_SET flags, 0x893
%endif
        mov esi, 0xffff
        mov edi, 0xffff
        mov ecx, [upper]
        shl ecx, 16
        LAUNCH
        prefix insn
after:  STOP
