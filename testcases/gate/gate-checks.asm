;; title:    A far CALL or JMP through a gate checks the gate: DPL against CPL
;;+          and RPL, then presence, with its selector as the code
;; cite:     SDM 2A CALL, Operation (CALL-GATE); SDM 2A JMP, Operation (CALL-GATE); SDM 3A 5.8.4 Accessing a Code
;;+          Segment Through a Call Gate
;; modes:    pm16 pm32 compat32 long64
;; cpl:      0 1 3
;; touches:  CODE+0 0x80
;; sweep:    gdpl = 0 1 3
;; sweep:    rpl = 0 2 3
;; sweep:    present = 0 1
;; variant:  insn = call jmp
;; expect when gdpl < launch_cpl or gdpl < rpl: exit == GP and err == FREE0
;; expect when gdpl >= launch_cpl and gdpl >= rpl and present == 0: exit == NP and err == FREE0
;; expect when exit != stop: rip & 0xffff == branch & 0xffff and cpl == launch_cpl and rsp == launch.rsp and regs == {}
;; expect when gdpl >= launch_cpl and gdpl >= rpl and present == 1: exit == stop and rip == target
;;+          and cpl == launch_cpl and cs == CONF_0 | launch_cpl
;; expect when exit == stop: rsp == launch.rsp - (0 if insn == jmp else 16 if mode in {compat32, long64} else 8)
        mov eax, target
        mov [GDT + FREE0], ax
        mov word [GDT + FREE0 + 2], CONF_0
        mov ecx, [present]
        shl ecx, 2
        or ecx, [gdpl]
        shl ecx, 13
        or ecx, 0xc00
        mov [GDT + FREE0 + 4], cx
        shr eax, 16
        mov [GDT + FREE0 + 6], ax
        mov ecx, [rpl]
        or ecx, FREE0
        mov [pointer + 4], cx
        mov [DATA0 + WINDOW_BITS / 8], cx ; the same pointer, as wide as the window
        mov ebx, SEGOFF(DATA0)
        LAUNCH
branch:
%if WINDOW_BITS == 64
        insn dword far [abs pointer]
%else
        insn far [ebx]
%endif
        STOP
target: STOP
        align 8
pointer:
        dd 0x12345678
        dw 0
