;; title:    A switch to a 16-bit TSS loads words, saves the old task in its own 32-bit format,
;;+          and wants a limit of 43
;; cite:     SDM 3A 7.6 16-Bit Task-State Segment (TSS); SDM 3A 7.3 Task Switching
;; modes:    pm32 pm32-p32
;; cpl:      0 3
;; touches:  STACK0+0x6c0 0x40
;; sweep:    tss_limit = 0x2a 0x2b 0x67
;; sweep:    new_ldt = 0x0 SYS_LDT
;; variant:  how = jmp_gate call_gate int_gate
;; undefined: flags.ac
;; expect when tss_limit < 0x2b: exit == TS and err == FREE0 and rip == insn and tr == KTSS
;;+          and cpl == launch_cpl and rsp == launch.rsp
;; expect when tss_limit >= 0x2b: exit == stop and rip == end - ARENA and tr == FREE0 and cs == KCODE_ALT
;;+          and ss == KDATA16 and ldtr == new_ldt
;; expect when exit == stop: rax == 0xa0a0 and rcx == 0 and rdx == 0xa2a2 and rbx == 0xa3a3 and rbp == 0xa5a5
;;+          and rsi == 0xa6a6 and rdi == 0xa7a7
;; expect when exit == stop: rsp == STACK0_TOP - ARENA - 0x800 and ds == UDATA_F | 3 and es == UDATA | 3
;; expect when exit == stop: flags.cf == 1 and flags.of == 1 and flags.if == 0
;;+          and flags.nt == (0 if how == jmp_gate else 1)
;; expect when exit == stop: mem(TSS + 0x20, 4) == after and mem(TSS + 0x24, 4) & ~0x10000 == 0x40202
;;+          and mem(TSS + 0x38, 4) == launch.rsp
;; expect when exit == stop: mem(TSS + 0x28, 4) == launch.rax and mem(TSS + 0x44, 4) == launch.rdi
;;+          and mem(TSS + 0x50, 2) == launch.ss
;; expect when exit == stop and how == jmp_gate: mem(GDT + FREE0 + 5, 1) == 0x83
;;+          and mem(GDT + KTSS + 5, 1) == 0x89 and mem(TSS2, 0x2c) == launch_mem(TSS2, 0x2c)
;; expect when exit == stop and how != jmp_gate: mem(GDT + FREE0 + 5, 1) == 0x83
;;+          and mem(GDT + KTSS + 5, 1) == 0x8b and mem(TSS2, 2) == KTSS
        mov eax, [tss_limit]
        or eax, (TSS2 & 0xffff) << 16
        SETDESC FREE0, eax, 0x8100 | TSS2 >> 16
        SETDESC 0x168, FREE0 << 16, 0xe500
        mov word [GATE(0x18) + 2], FREE0
        mov byte [GATE(0x18) + 5], 0xe5
        mov word [TSS2 + 0x0e], target - ARENA
        mov word [TSS2 + 0x10], 0x803
%assign i 0
%rep 8
        mov word [TSS2 + 0x12 + i * 2], 0xa0a0 + i * 0x0101
 %assign i i + 1
%endrep
        mov word [TSS2 + 0x14], 0
        mov word [TSS2 + 0x1a], STACK0_TOP - ARENA - 0x800
        mov word [TSS2 + 0x22], UDATA | 3
        mov word [TSS2 + 0x24], KCODE_ALT
        mov word [TSS2 + 0x26], KDATA16
        mov word [TSS2 + 0x28], UDATA_F | 3
        mov eax, [new_ldt]
        mov [TSS2 + 0x2a], ax
        LAUNCH_SET flags, 0x40202
        LAUNCH
insn:
%ifidn how, jmp_gate
        jmp 0x168 | 3:0
%elifidn how, call_gate
        call 0x168 | 3:0
%else
        int 0x18
%endif
after:  STOP
        bits 16
target: movzx eax, ax                   ; what a 16-bit TSS leaves in the upper halves, and in FS and GS, is not said
        movzx ecx, cx
        movzx edx, dx
        movzx ebx, bx
        movzx esp, sp
        movzx ebp, bp
        movzx esi, si
        movzx edi, di
        mov fs, cx
        mov gs, cx
end:    STOP
