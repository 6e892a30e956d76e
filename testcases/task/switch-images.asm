;; title:    A task switch saves the old task in its TSS, loads the new one from its own,
;;+          and keeps busy bits, back link, NT and TS
;; cite:     SDM 3A 7.3 Task Switching; SDM 3A 7.4 Task Linking (table 7-2); SDM 2A CALL, JMP, INT n/INTO/INT3/INT1,
;;+          IRET/IRETD/IRETQ, Operation
;; modes:    pm16 pm32 pm32-p32 pm32-pae
;; cpl:      0 3
;; touches:  STACK0+0x6c0 0x40
;; touches:  STACK0+0xac0 0x40
;; sweep:    new_cpl = 0 3
;; sweep:    old_flags = 0x202 0x408d7
;; sweep:    new_flags = 0x2 0x4006
;; sweep:    new_ldt = 0x0 SYS_LDT
;; variant:  how = jmp_tss call_tss jmp_gate call_gate int_gate iret
;; where:    launch_cpl == 0 or how in {jmp_gate, call_gate, int_gate}
;; expect:   exit == stop and rip == target and tr == KTSS2 and cpl == new_cpl and ldtr == new_ldt and cr0 & 8 == 8
;; expect:   flags & ~0x10000 == new_flags | (0x4000 if how in {call_tss, call_gate, int_gate} else 0)
;; expect:   rax == 0xa0a0a0a0 and rcx == 0xa1a1a1a1 and rdx == 0xa2a2a2a2 and rbx == 0xa3a3a3a3
;;+          and rbp == 0xa5a5a5a5 and rsi == 0xa6a6a6a6 and rdi == 0xa7a7a7a7
;; expect:   rsp == STACK0_TOP - 0x800 and ss == (UDATA | 3 if new_cpl == 3 else KDATA) and ds == UDATA_F | 3
;;+          and es == UDATA | 3 and fs == 0 and gs == UDATA_RO | 3
;; expect:   mem(TSS + 0x20, 4) & 0xffff == after & 0xffff and mem(TSS + 0x24, 4) & ~0x10000 == old_flags
;;+          and mem(TSS + 0x28, 4) == launch.rax and mem(TSS + 0x2c, 4) == launch.rcx
;; expect:   mem(TSS + 0x30, 4) == launch.rdx and mem(TSS + 0x34, 4) == launch.rbx
;;+          and mem(TSS + 0x38, 4) == launch.rsp and mem(TSS + 0x3c, 4) == launch.rbp
;; expect:   mem(TSS + 0x40, 4) == launch.rsi and mem(TSS + 0x44, 4) == launch.rdi
;;+          and mem(TSS + 0x48, 2) == launch.es and mem(TSS + 0x4c, 2) == launch.cs
;; expect:   mem(TSS + 0x50, 2) == launch.ss and mem(TSS + 0x54, 2) == launch.ds
;;+          and mem(TSS + 0x58, 2) == launch.fs and mem(TSS + 0x5c, 2) == launch.gs
;; expect:   mem(TSS, 0x20) == launch_mem(TSS, 0x20) and mem(TSS + 0x60, 8) == launch_mem(TSS + 0x60, 8)
;; expect when how in {call_tss, call_gate, int_gate}: mem(TSS2, 2) == KTSS
;;+          and mem(GDT + KTSS + 5, 1) == 0x8b and mem(GDT + KTSS2 + 5, 1) == 0x8b
;; expect when how in {jmp_tss, jmp_gate, iret}: mem(TSS2, 2) == launch_mem(TSS2, 2)
;;+          and mem(GDT + KTSS + 5, 1) == 0x89 and mem(GDT + KTSS2 + 5, 1) == 0x8b
;; expect:   mem(TSS2 + 4, 0x64) == launch_mem(TSS2 + 4, 0x64)
        mov dword [TSS2 + 0x20], target
        mov eax, [new_flags]
        mov [TSS2 + 0x24], eax
%assign i 0
%rep 8
 %if i != 4
        mov dword [TSS2 + 0x28 + i * 4], 0xa0a0a0a0 + i * 0x01010101
 %endif
 %assign i i + 1
%endrep
        mov dword [TSS2 + 0x48], UDATA | 3
        mov dword [TSS2 + 0x54], UDATA_F | 3
        mov dword [TSS2 + 0x58], 0
        mov dword [TSS2 + 0x5c], UDATA_RO | 3
        mov eax, [new_ldt]
        mov [TSS2 + 0x60], ax
        cmp dword [new_cpl], 0
        je .kernel
        mov dword [TSS2 + 0x4c], UCODE32 | 3
        mov dword [TSS2 + 0x50], UDATA | 3
.kernel:
        mov eax, [old_flags]
        LAUNCH_SET flags, eax
        SETDESC FREE0, KTSS2 << 16, 0xe500      ; task gate, DPL 3
%ifidn how, int_gate
        mov word [GATE(0x18) + 2], KTSS2
        mov byte [GATE(0x18) + 5], 0xe5
%elifidn how, iret
        or byte [LB_flags + 1], 0x40
        mov word [TSS], KTSS2
        or byte [GDT + KTSS2 + 5], 2
%endif
        LAUNCH
%ifidn how, jmp_tss
        jmp KTSS2:0
%elifidn how, call_tss
        call KTSS2:0
%elifidn how, jmp_gate
        jmp FREE0 | 3:0
%elifidn how, call_gate
        call FREE0 | 3:0
%elifidn how, int_gate
        int 0x18
%else
        o32 iret
%endif
after:  STOP
target: STOP
