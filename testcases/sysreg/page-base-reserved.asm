;; title:    MOV to CR3 with a bit set that no physical address has is #GP(0), and CR3 stays
;; why:      QEMU takes it for the exit of an SVM guest that there is not, as with CR4
;; cite:     SDM 2B MOV-Move to/from Control Registers, 64-Bit Mode Exceptions (any of the reserved bits in CR3);
;;+          SDM 3A 4.5 4-Level Paging and 5-Level Paging; APM 3 MOV CRn, Exceptions
;; modes:    long64
;; expect:   exit == GP and err == 0 and rip == here and cr3 == launch.cr3 and regs == {} and changed == {frame}
        mov rdx, [LB_cr3]
        bts rdx, 52
        LAUNCH
here:   mov cr3, rdx
        STOP
