;; title:    The T bit of the new TSS traps before the new task's first instruction: #DB with DR6.BT
;; cite:     SDM 3B 17.3.1.5 Task-Switch Exception Condition; SDM 3A 7.2.1 Task-State Segment (TSS), T (debug trap)
;;+          flag
;; modes:    pm16 pm32 pm32-p32
;; cpl:      0 3
;; touches:  STACK0+0x6c0 0x40
;; touches:  STACK0+0xac0 0x40
;; sweep:    t_bit = 0 1
;; sweep:    new_cpl = 0 3
;; variant:  how = jmp_gate call_gate int_gate
;; expect when t_bit == 1: exit == DB_ and dr6 & 0xe00f == 0x8000
;; expect when t_bit == 0: exit == stop and dr6 & 0xe00f == 0
;; expect:   rip == target and tr == KTSS2 and cpl == new_cpl and rsp == STACK0_TOP - 0x800
;;+          and mem(TSS + 0x20, 4) & 0xffff == after & 0xffff
        mov dword [TSS2 + 0x20], target
        mov al, [t_bit]
        mov [TSS2 + 0x64], al
        cmp dword [new_cpl], 0
        je .kernel
        mov dword [TSS2 + 0x4c], UCODE32 | 3
%assign i 0x48
%rep 6
 %if i != 0x4c
        mov dword [TSS2 + i], UDATA | 3
 %endif
 %assign i i + 4
%endrep
.kernel:
        SETDESC FREE0, KTSS2 << 16, 0xe500
        mov word [GATE(0x18) + 2], KTSS2
        mov byte [GATE(0x18) + 5], 0xe5
        LAUNCH
%ifidn how, jmp_gate
        jmp FREE0 | 3:0
%elifidn how, call_gate
        call FREE0 | 3:0
%else
        int 0x18
%endif
after:  STOP
target: STOP
