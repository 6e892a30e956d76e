;; title:    A task switch to a TSS whose EFLAGS has VM set enters virtual-8086 mode: its segments are paragraphs
;; cite:     SDM 3B Entering Virtual-8086 Mode; SDM 3A Task Switching; SDM 3B Structure of a Virtual-8086 Task
;; modes:    pm32 pm32-p32 pm32-pae pm16
;; cpl:      0 3
;; touches:  STACK0+0x6c0 0x40
;; touches:  STACK0+0xac0 0x40
;; touches:  TSS2 0x80
;; sweep:    eflags = 0x20002 0x23202 0x24ad7
;; variant:  how = jmp_gate call_gate int_gate iret
;; where:    launch_cpl == 0 or how != iret
;; expect:   exit == stop and rip == v86 - ARENA and cpl == 3 and tr == KTSS2 and cs == ARENA >> 4 and ss == 0x4900
;; expect:   ds == 0x4c00 and es == 0xffff and fs == KDATA_NP and gs == 0 and rcx == 0x12345678 and rsp == 0x800
;; expect:   flags & ~0x14000 == eflags & ~0x4000 and cr0 & 8 == 8
;; expect when how in {call_gate, int_gate}: flags.nt == 1 and mem(TSS2, 2) == KTSS
;; expect when how in {jmp_gate, iret}: flags.nt == bit(eflags, 14)
;; expect:   arrival.rsp == STACK0_TOP - 0x400 - 36 and arrival.ss == KDATA
        mov dword [DATA0 + 0x20], 0x12345678
        mov dword [TSS2 + 0x20], OFF(start)
        mov eax, [eflags]
        mov [TSS2 + 0x24], eax
        mov dword [TSS2 + 0x38], 0x800
        mov dword [TSS2 + 0x48], 0xffff
        mov dword [TSS2 + 0x4c], ARENA >> 4
        mov dword [TSS2 + 0x50], 0x4900
        mov dword [TSS2 + 0x54], 0x4c00
        mov dword [TSS2 + 0x58], KDATA_NP
        mov dword [TSS2 + 0x5c], 0
        SETDESC FREE0, KTSS2 << 16, 0xe500
        mov word [GATE(0x18) + 2], KTSS2
        mov byte [GATE(0x18) + 5], 0xe5
%ifidn how, iret
        LAUNCH_SET flags, 0x4002
        mov word [TSS], KTSS2
        or byte [GDT + KTSS2 + 5], 2
%endif
        LAUNCH
%ifidn how, jmp_gate
        jmp FREE0 | 3:0
%elifidn how, call_gate
        call FREE0 | 3:0
%elifidn how, int_gate
        int 0x18
%else
        o32 iret
%endif
        STOP
        bits 16
start:  mov ecx, [0x20]
v86:    STOP
