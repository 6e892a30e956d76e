;; title:    PWT and PCD of CR3 are kept; outside of 64-bit mode MOV to CR3 is 32 bits wide, whatever the upper half
;; cite:     SDM 3A 2.5 Control Registers, CR3; SDM 2B MOV-Move to/from Control Registers, Description; APM 2 3.1.2
;;+          CR2 and CR3 Registers
;; modes:    real pm32 pm32-p32 compat32 long64
;; sweep:    low = 0 8 0x10 0x18
;; sweep:    high = 0 0xffff0000
;; where:    high == 0 or (mode == compat32 and low == 8)
;; expect:   exit == stop and cr3 == PT_TOP | low and rbx & 0xffffffff == cr3
%include "window.inc"
        mov eax, PT_TOP
        or eax, [low]
%if HOME == 64
        mov ecx, [high]
        shl rcx, 32
        or rax, rcx
%endif
        LAUNCH
        mov cr3, wax
        mov wax, cr3
        mov ebx, eax
        STOP
