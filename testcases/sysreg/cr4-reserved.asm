;; title:    MOV to CR4 with a reserved bit set is #GP(0) and changes nothing
;; why:      QEMU takes it for the exit of an SVM guest that there is not, and jumps into garbage
;; cite:     SDM 2B MOV-Move to/from Control Registers, Protected and 64-Bit Mode Exceptions; SDM 3A 2.5 Control
;;+          Registers; APM 2 CR4 Register
;; modes:    pm32 long64
;; sweep:    bit = 15 31 63
;; where:    bit != 63 or mode == long64
;; where:    bit != 31 or mode == pm32
;; requires: cpuid
;; expect:   exit == GP and err == 0 and rip == here and cr4 == launch.cr4 and regs == {} and changed == {frame}
%include "window.inc"
        mov ecx, [bit]
        xor eax, eax
        mov xdx, cr4
%if HOME == 64
        bts rdx, rcx
%else
        bts edx, ecx
%endif
        LAUNCH
here:   mov cr4, wdx
        STOP
