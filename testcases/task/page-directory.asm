;; title:    A task switch loads CR3 from the new TSS where paging is on, and leaves the old CR3 out of the old image
;; cite:     SDM 3A 7.3 Task Switching; SDM 3A 7.2.1 Task-State Segment (TSS), CR3 control register field
;; modes:    pm32 pm32-p32 pm32-pae
;; cpl:      0 3
;; touches:  STACK0+0x6c0 0x40
;; touches:  PT_X+0 0x40
;; sweep:    new_cr3 = PT_TOP PT_X
;; sweep:    old_field = 0x0 0x12345000
;; variant:  how = jmp_gate call_gate int_gate
;; expect:   exit == stop and rip == target and tr == KTSS2 and mem(TSS + 0x1c, 4) == old_field
;;+          and mem(TSS2 + 0x1c, 4) == new_cr3
;; expect when mode != pm32: cr3 == new_cr3
        mov dword [TSS2 + 0x20], target
        mov eax, [new_cr3]
        mov [TSS2 + 0x1c], eax
        mov eax, [old_field]
        mov [TSS + 0x1c], eax
%assign i 0
%rep 8
        mov eax, [PT_TOP + i * 4]
        mov [PT_X + i * 4], eax
 %assign i i + 1
%endrep
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
