;; title:    WRMSR of a reserved bit of EFER is #GP(0)
;; cite:     SDM 2D WRMSR, Protected Mode Exceptions; SDM 3A 2.2.1 Extended Feature Enable Register; APM 2 3.1.7
;;+          Extended Feature Enable Register (EFER), Must Be Zero
;; modes:    real pm32 compat32 long64
;; requires: msr lm
;; sweep:    bit = 9 16 19 22 31 32 47 63
;; expect:   exit == GP and rip & 0xffff == here & 0xffff and efer == launch.efer and regs == {}
;; expect when mode != real: err == 0
%include "window.inc"
        mov ecx, 0xc0000080
        rdmsr
        mov ebx, [bit]
        cmp ebx, 32
        jb .low
        bts edx, ebx
        jmp .set
.low:   bts eax, ebx
.set:   LAUNCH
here:   wrmsr
        STOP
