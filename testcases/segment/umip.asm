;; title:    With CR4.UMIP set SGDT SIDT SLDT STR SMSW are #GP(0) above CPL 0; in virtual-8086 mode SLDT and STR stay
;;+          #UD
;; cite:     SDM 3A 2.5 Control Registers, CR4.UMIP; SDM 2B SGDT, SIDT, SLDT, STR, SMSW, Protected and Virtual-8086
;;+          Mode Exceptions;
;;+          APM 2 User-Mode Instruction Prevention
;; modes:    real vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; requires: umip
;; sweep:    umip = 0 1
;; variant:  insn = sgdt sidt sldt str smsw
;; variant:  to = mem reg
;; where:    to == mem or insn in {sldt, str, smsw}
;; expect when mode in {real, vm86} and insn in {sldt, str}: exit == UD
;; expect when launch_cpl == 0 and (mode != real or insn not in {sldt, str}): exit == stop
;; expect when not umip and (mode not in {real, vm86} or insn not in {sldt, str}): exit == stop
;; expect when umip and launch_cpl != 0 and (mode != vm86 or insn not in {sldt, str}): exit == GP and err == 0
;; expect when exit != stop: rip & 0xffff == here & 0xffff and regs == {}
        mov xax, cr4
        mov ecx, [umip]
        shl ecx, 11
        or eax, ecx
        mov cr4, xax
        LAUNCH
here:
%ifidn to, mem
        insn [SEGOFF(DATA0)]
%else
        insn ebx
%endif
        STOP
