;; title:    In IA-32e mode a far CALL or JMP takes 16-byte call gates only: other system types,
;;+          and a second half with a type, are #GP
;; cite:     SDM 2A CALL, Operation (IA-32e mode far call); SDM 3A 5.8.3.1 IA-32e Mode Call Gates; SDM 3A 3.5 System
;;+          Descriptor Types
;; modes:    compat32 long64
;; cpl:      0 3
;; sweep:    gtype = 0..15
;; sweep:    upper = 0 1 12 0xe0
;; variant:  insn = call jmp
;; expect when gtype != 12 or upper not in {0, 0xe0}: exit == GP and err == FREE0 and rip & 0xffff == branch & 0xffff
;;+          and rsp == launch.rsp
;; expect when gtype == 12 and upper in {0, 0xe0}: exit == stop and rip == target and cs == CONF_0 | launch_cpl
        mov eax, target
        mov [GDT + FREE0], ax
        mov word [GDT + FREE0 + 2], CONF_0
        mov ecx, [gtype]
        shl ecx, 8
        or ecx, 0xe000
        mov [GDT + FREE0 + 4], cx
        shr eax, 16
        mov [GDT + FREE0 + 6], ax
        mov ecx, [upper]
        shl ecx, 8
        mov [GDT + FREE0 + 12], ecx
        LAUNCH
branch:
%if WINDOW_BITS == 64
        insn dword far [abs pointer]
%else
        insn FREE0 | 3:0
%endif
        STOP
target: STOP
pointer:
        dd 0x12345678
        dw FREE0 | 3
