;; title:    A TSS too small for the stack of the new level or of the IST is #TS with the selector of the TSS
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (INTER-PRIVILEGE-LEVEL-INTERRUPT); SDM 3A Interrupt 10-Invalid
;;+          TSS Exception (#TS)
;; modes:    pm16 pm32 compat32 long64
;; cpl:      3
;; touches:  STACK12+0x380 0x80
;; touches:  STACK12+0x780 0x80
;; touches:  STACK12+0xb80 0x80
;; sweep:    tss_limit = 11 15 16 17 18 19 24 25 26 27 28 42 43 90 91 0x67
;; sweep:    level = 1 2
;; sweep:    ist = 0 1 7
;; variant:  kind = int_n exception
;; where:    ist == 0 or mode in {compat32, long64}
;; expect when mode in {pm16, pm32} and tss_limit < level * 8 + 4 + 5: exit == TS
;;+          and err == (FREE0 | (1 if kind == exception else 0))
;; expect intel when mode in {pm16, pm32} and tss_limit >= level * 8 + 4 + 5: exit == stop and cpl == level
;;+          and ss == (DATA_1 | 1 if level == 1 else DATA_2 | 2)
;; expect amd when mode in {pm16, pm32} and tss_limit >= level * 8 + 4 + 7: exit == stop and cpl == level
;;+          and ss == (DATA_1 | 1 if level == 1 else DATA_2 | 2)
;; expect when mode in {compat32, long64} and ist == 0: exit == (TS if tss_limit < level * 8 + 4 + 7 else stop)
;; expect when mode in {compat32, long64} and ist != 0: exit == (TS if tss_limit < ist * 8 + 28 + 7 else stop)
;; expect when exit == TS: err == (FREE0 | (1 if kind == exception else 0)) and rip & 0xffff == insn & 0xffff
;;+          and cpl == 3
;;+          and rsp == launch.rsp
;; expect when exit == stop and ist != 0: rsp == (IST1_TOP if ist == 1 else 0x48b80) - 40
%if HOME == 64
        mov dword [TSS + 0x24 + 6 * 8], 0x48b80
%endif
%ifidn kind, int_n
 %assign n 0x18
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        mov eax, [tss_limit]
        or eax, (TSS & 0xffff) << 16
        SETDESC FREE0, eax, 0x8900 | TSS >> 16
        LAUNCH_SET tr, FREE0
        mov ebx, [level]
        movzx edx, word [code_of + xbx * 2 - 2]
        mov eax, target
        mov [GATE(n)], ax
        mov [GATE(n) + 2], dx
        mov cl, [ist]
        mov ch, 0xee
        mov [GATE(n) + 4], cx
        shr eax, 16
        mov [GATE(n) + 6], ax
%if HOME == 64
        mov dword [GATE(n) + 8], 0
%endif
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%else
        fnop
%endif
        STOP
target: STOP
code_of:
        dw CODE_1_F, CODE_2_F
