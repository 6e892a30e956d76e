;; title:    IRET with a frame that reaches beyond the limit of the stack segment is #SS(0), with nothing popped
;; cite:     SDM 2A IRET/IRETD/IRETQ, Protected Mode Exceptions: #SS(0) if the top bytes of stack are not within stack
;;+          limits
;; modes:    pm16 pm32 pm32-p32
;; cpl:      0 3
;; sweep:    room = 0 1 3 4 8 11 12 16 19 20
;; variant:  level = same outer
;; where:    launch_cpl == 0 or level == same
;; expect when room < (12 if level == same else 20): exit == SS_FAULT and err == 0
;;+          and rip & 0xffff == iret_insn & 0xffff and cpl == launch_cpl and rsp == launch.rsp and regs == {}
;; expect when room >= (12 if level == same else 20): exit == stop and rip & 0xffff == there & 0xffff
;; expect when room >= 20 and level == outer: cpl == 3 and ss == UDATA | 3
        ; data of base ARENA whose last byte is STACK_TOP - 1, DPL 0 and DPL 3; 16-bit in pm16
%if MODE == MODE_PM16
 %assign big 0
%else
 %assign big 0x400000
%endif
        SETDESC 0x160, (ARENA & 0xffff) << 16 | OFF(STACK_TOP) - 1, big | 0x9300 | ARENA >> 16
        SETDESC 0x168, (ARENA & 0xffff) << 16 | OFF(STACK_TOP) - 1, big | 0xf300 | ARENA >> 16
%if CPL == 3
        LAUNCH_SET ss, 0x16b
%else
        LAUNCH_SET ss, 0x160
%endif
        mov esp, STACK_TOP
        sub esp, [room]
%ifidn level, same
        mov dword [esp], SEGOFF(there)
        mov eax, [LB_cs]
        mov [esp + 4], eax
        mov dword [esp + 8], 2
%else
        mov dword [esp], there
        mov dword [esp + 4], UCODE32 | 3
        mov dword [esp + 8], 2
        mov dword [esp + 12], STACK_TOP
        mov dword [esp + 16], UDATA | 3
%endif
%if MODE != MODE_PM16
        sub esp, ARENA
%endif
        mov eax, 0x01010101
        LAUNCH
iret_insn:
        o32 iret
        STOP
there:  STOP
