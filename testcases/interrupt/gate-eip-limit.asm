;; title:    An interrupt gate whose offset lies beyond the limit of its code segment is #GP(EXT) at the interrupted
;;+          instruction
;; why:      without the check the handler starts, with its frame pushed, and faults at its own first instruction
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation: IF instruction pointer not within new code-segment limits THEN
;;+          #GP(EXT)
;; modes:    pm32 pm32-p32
;; cpl:      0 1 2 3
;; sweep:    offset = 0x4affe 0x4b000 0x4b100 0x50000
;; variant:  kind = int_n exception
;; expect when offset == 0x4affe: exit == stop and rip == offset and cpl == 0
;; expect when offset != 0x4affe: exit == GP and err == (1 if kind == exception else 0) and rip == insn
;;+          and cpl == launch_cpl and rsp == launch.rsp
        SETDESC FREE0, 0x0000004a, 0x00c09a00   ; code, DPL 0, limit 0x4afff
%ifidn kind, int_n
 %assign n 0x18
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        SETGATE n, FREE0, [offset], 0xee
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%else
        fnop
%endif
        STOP
        times 0xffe - ($ - $$) db 0xcc
inside: STOP
        STOP
        times 0x1100 - ($ - $$) db 0xcc
        STOP
