;; title:    CR0.PG cannot be cleared while CR4.PCIDE is set: #GP(0)
;; cite:     SDM 2B MOV-Move to/from Control Registers, Compatibility Mode Exceptions; SDM 3A 4.1.1 Four Paging
;;+          Modes
;; modes:    compat32
;; requires: pcid
;; expect:   exit == GP and err == 0 and rip == here and cr0 == launch.cr0 and cr4 == launch.cr4 and efer ==
;;+          launch.efer
%include "window.inc"
        mov rax, cr4
        bts rax, 17
        mov cr4, rax
        mov rax, cr0
        btr rax, 31
        LAUNCH
here:   mov cr0, eax
        STOP
