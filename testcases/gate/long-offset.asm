;; title:    A call gate's 64-bit offset and the inner stack of the TSS must be canonical: #GP(0), #SS
;; cite:     SDM 2A CALL, Operation (CALL-GATE, MORE-PRIVILEGE: CallGateSize = 64); SDM 2A CALL, 64-Bit Mode
;;+          Exceptions
;; modes:    long64
;; cpl:      0 3
;; sweep:    high = 0x0 0x00008000 0xffff7fff 0x80000000 0x0001ffff
;; variant:  what = offset stack
;; where:    what == offset or launch_cpl == 3
;; expect when high == 0: exit == stop and rip == target and cpl == 0
;; expect when high != 0 and what == offset: exit == GP and err == 0 and rip == branch and rsp == launch.rsp
;;+          and cpl == launch_cpl
;; expect when high != 0 and what == stack: exit == SS_FAULT and err == 0 and rip == branch
;;+          and rsp == launch.rsp and cpl == launch_cpl
        mov eax, target
        mov [GDT + FREE0], ax
        mov word [GDT + FREE0 + 2], KCODE
        mov word [GDT + FREE0 + 4], 0xec00
        shr eax, 16
        mov [GDT + FREE0 + 6], ax
        mov eax, [high]
%ifidn what, offset
        mov [GDT + FREE0 + 8], eax
%else
        mov [TSS + 8], eax
        mov byte [GATE(12) + 4], 1     ; handlers on a stack of their own
        mov byte [GATE(13) + 4], 1
        mov byte [GATE(6) + 4], 1
%endif
        LAUNCH
branch: call dword far [abs pointer]
        STOP
target: STOP
pointer:
        dd 0x12345678
        dw FREE0 | 3
