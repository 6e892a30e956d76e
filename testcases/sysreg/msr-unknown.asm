;; title:    RDMSR and WRMSR of an index that no processor has are #GP(0)
;; cite:     SDM 2B RDMSR, SDM 2D WRMSR, Protected Mode Exceptions; SDM 4 Table 2-2 (40000000H to 400000FFH: no
;;+          processor will implement MSRs in this range); APM 3 RDMSR, WRMSR, Exceptions
;; modes:    real pm16 pm32 compat32 long64
;; requires: msr
;; sweep:    index = 0x400000ee 0x12345678 0xfffffff0
;; variant:  insn = rdmsr wrmsr
;; expect:   exit == GP and rip & 0xffff == here & 0xffff and regs == {} and changed == {frame}
;; expect when mode != real: err == 0
%include "window.inc"
        mov ecx, [index]
        mov eax, 0
        mov edx, 0
        LAUNCH
here:   insn
        STOP
