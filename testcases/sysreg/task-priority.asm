;; title:    CR8 has four bits: a value with any of bits 63:4 set is #GP(0), and it reads back what was written
;; cite:     SDM 3A Interaction of Task Priorities between CR8 and APIC; SDM 2B MOV-Move to/from Control Registers,
;;+          64-Bit Mode Exceptions; APM 2 8.5.1.3 CR8; APM 3 MOV CRn
;; modes:    long64
;; cpl:      0 3
;; sweep:    low = 0..16 0x1f 0x20 0x80 0x100 0x80000000
;; sweep:    high = 0 1 0x80000000
;; where:    high == 0 or low == 5
;; where:    launch_cpl == 0 or low < 3
;; expect when launch_cpl != 0 or low > 15 or high != 0: exit == GP and err == 0 and rip == here and cr8 == 0
;; expect when launch_cpl != 0 or low > 15 or high != 0: regs == {}
;; expect when launch_cpl == 0 and low <= 15 and high == 0: exit == stop and cr8 == low and rbx == low
%include "window.inc"
        mov eax, [low]
        mov ecx, [high]
        shl rcx, 32
        or rax, rcx
        LAUNCH
here:   mov cr8, rax
        mov rbx, cr8
        STOP
