;; title:    IRET with NT goes back to the task that called: busy bits, NT in the image it leaves, all registers of
;;+          the first
;; cite:     SDM 3A 7.4 Task Linking; SDM 2A IRET/IRETD/IRETQ, Operation (TASK-RETURN)
;; modes:    pm16 pm32 pm32-p32 pm32-pae
;; cpl:      0 3
;; touches:  STACK0+0x6c0 0x40
;; sweep:    old_flags = 0x2 0x202 0x8d7 0x40002
;; variant:  how = call_tss call_gate int_gate
;; where:    launch_cpl == 0 or how != call_tss
;; expect:   exit == stop and rip & 0xffff == after & 0xffff and tr == KTSS and cpl == launch_cpl and ldtr == KLDT
;;+          and flags & ~0x10000 == old_flags and regs == {}
;; expect:   ss == launch.ss and ds == launch.ds and es == launch.es and cr0 & 8 == 8
;; expect:   mem(GDT + KTSS + 5, 1) == 0x8b and mem(GDT + KTSS2 + 5, 1) == 0x89 and mem(TSS2, 2) == KTSS
;;+          and mem(TSS2 + 0x20, 4) == back and mem(TSS2 + 0x24, 4) == 2
;; expect:   mem(TSS2 + 0x28, 4) == 0x1234 and mem(TSS2 + 0x38, 4) == STACK0_TOP - 0x804
        mov dword [TSS2 + 0x20], target
        mov dword [TSS + 0x1c], PT_TOP  ; what no switch ever writes
        mov word [TSS + 0x60], KLDT
        mov eax, [old_flags]
        LAUNCH_SET flags, eax
        SETDESC FREE0, KTSS2 << 16, 0xe500
%ifidn how, int_gate
        mov word [GATE(0x18) + 2], KTSS2
        mov byte [GATE(0x18) + 5], 0xe5
%endif
        LAUNCH
%ifidn how, call_tss
        call KTSS2:0
%elifidn how, call_gate
        call FREE0 | 3:0
%else
        int 0x18
%endif
after:  STOP
        bits 32
target: mov eax, 0x1234
        push eax
        iretd
back:   STOP
