;; title:    IRET to an EIP beyond the new CS limit: #GP(0), nothing changed
;; cite:     SDM 2A IRET/IRETD, Operation: IF tempEIP is not within code segment limits THEN #GP(0)
;; modes:    pm16 pm32 pm32-pae
;; cpl:      0 3
;; sweep:    eip = 0x4afff 0x4b000 0x4b001 0x50000 0xffffffff 0x7fffffff
;; where:    mode != pm16 or eip != 0x4b001
;; touches:  CODE+0xfc0 64
;; expect when eip == 0x4afff: exit == GP and err == 0 and cpl == 3 and rip == 0x4afff and cs == UCODE_SMALL | 3
;; expect when eip > 0x4afff: exit == GP and err == 0 and rip & 0xffff == iret_insn & 0xffff
;;+          and cpl == launch_cpl and rsp == launch.rsp
        mov esp, STACK_TOP - 20
        mov eax, [eip]
        mov [esp], eax
        mov dword [esp + 4], UCODE_SMALL | 3
        mov dword [esp + 8], 2
        mov dword [esp + 12], STACK_TOP
        mov dword [esp + 16], UDATA | 3
        mov byte [CODE + 0xfff], 0xb8   ; MOV EAX, imm32: its immediate lies beyond the limit
        LAUNCH
iret_insn:
        o32 iret
        STOP
