;; title:    A stack of the TSS that is not canonical is #SS(EXT) at the interrupted instruction
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation: IF StackAddress is non-canonical THEN #SS(EXT); APM 2 8.2.13
;;+          #SS-Stack Exception (Vector 12)
;; modes:    long64
;; cpl:      0 3
;; sweep:    high = 0x00008000 0xffff7fff 0x80000000 0x0001ffff 0xfffe0000
;; sweep:    low = 0x0 0x40000 0xfffffff0
;; variant:  ist = 0 2
;; variant:  kind = int_n exception
;; where:    launch_cpl == 3 or ist == 2
;; expect:   exit == SS_FAULT and rip == insn and cpl == launch_cpl and rsp == launch.rsp and ss == launch.ss
;; expect intel: err == (1 if kind == exception else 0)
;; expect amd when kind == int_n: err == 0
%ifidn kind, int_n
 %assign n 0x18
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        mov byte [GATE(n) + 4], ist
        mov byte [GATE(n) + 5], 0xee
        mov eax, [low]
        mov ebx, [high]
%if ist == 2
        mov [TSS + 0x2c], eax
        mov [TSS + 0x30], ebx
%else
        mov [TSS + 4], eax
        mov [TSS + 8], ebx
%endif
        mov byte [GATE(12) + 4], 1     ; handlers on a stack of their own
        mov byte [GATE(13) + 4], 1
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%else
        fnop
%endif
        STOP
