;; title:    A 16-bit TSS holds SP and SS of a level in four bytes; too small for them it is #TS with its selector
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (INTER-PRIVILEGE-LEVEL-INTERRUPT: 16-bit TSS); SDM 3A 7.6 16-Bit
;;+          Task-State Segment (TSS)
;; modes:    pm32 pm32-p32
;; cpl:      3
;; touches:  STACK12+0x3c0 0x80
;; sweep:    level = 0 1
;; sweep:    new_sp = 0x8400 0x83f1
;; sweep:    tss_limit = 6 8 9 10 0x2b
;; variant:  kind = int_n call_gate
;; expect when level == 1 and tss_limit < 9: exit == TS and err == FREE0 and rip == insn and cpl == 3
;;+          and rsp == launch.rsp
;; expect intel when level == 0 or tss_limit >= 9: exit == stop
;; expect amd when level == 0 or tss_limit >= 10: exit == stop
;; expect when exit == stop: rip == target and cpl == level and ss == (KDATA16 if level == 0 else 0x169)
;;+          and rsp & 0xffff == new_sp - (20 if kind == int_n else 16)
;; expect when exit == stop and kind == int_n: mem(ARENA + new_sp - 20, 4) == after
;;+          and mem(ARENA + new_sp - 8, 4) == launch.rsp
;; expect when exit == stop and kind == call_gate: mem(ARENA + new_sp - 16, 4) == after
;;+          and mem(ARENA + new_sp - 8, 4) == launch.rsp
        mov eax, [tss_limit]
        or eax, (TSS2 & 0xffff) << 16
        SETDESC FREE0, eax, 0x8100 | TSS2 >> 16
        SETDESC 0x168, (ARENA & 0xffff) << 16 | 0xffff, 0xb200 | ARENA >> 16
        LAUNCH_SET tr, FREE0
        mov word [TSS2 + 2], STACK0_TOP - ARENA - 0x400
        mov word [TSS2 + 4], KDATA16
        mov word [TSS2 + 6], 0x9800
        mov word [TSS2 + 8], 0x169
        mov ebx, [level]
        mov eax, [new_sp]
        mov [TSS2 + 2 + ebx * 4], ax
        mov edi, VECTORS + 0x18 * 8
%ifidn kind, call_gate
        mov edi, GDT + 0x170
        mov byte [edi + 5], 0xec
%endif
        mov eax, target
        mov [edi], ax
        movzx edx, word [code_of + ebx * 2]
        mov [edi + 2], dx
        or byte [edi + 5], 0x60
        shr eax, 16
        mov [edi + 6], ax
        LAUNCH
insn:
%ifidn kind, call_gate
        call 0x173:0
%else
        int 0x18
%endif
after:  STOP
target: STOP
code_of:
        dw KCODE_F, CODE_1_F
