;; title:    CR4.LA57 cannot be set in IA-32e mode: #GP(0)
;; cite:     SDM 3A 2.5 Control Registers, CR4.LA57 (cannot be modified in IA-32e mode); SDM 2B MOV-Move to/from
;;+          Control Registers
;; modes:    compat32 long64
;; requires: la57
;; expect:   exit == GP and err == 0 and rip == here and cr4 == launch.cr4 and regs == {} and changed == {frame}
%include "window.inc"
        mov rax, cr4
        bts eax, 12
        LAUNCH
here:   mov cr4, wax
        STOP
