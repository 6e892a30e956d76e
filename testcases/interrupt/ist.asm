;; title:    A gate with an IST index takes its stack from the TSS at every privilege, aligned to 16
;; cite:     SDM 3A 6.14.5 Interrupt Stack Table; SDM 3A 6.14.2 64-Bit Mode Stack Frame; SDM 2A INT n/INTO/INT3/INT1,
;;+          Operation
;; modes:    long64
;; cpl:      0 1 2 3
;; sweep:    ist = 0..7
;; sweep:    offset = 0x40 0x4f
;; variant:  gate = 0x8e 0x8f
;; variant:  kind = int_n exception
;; expect:   cpl == launch_cpl and frame[3] == launch.rsp and frame[4] & 0xffff == launch.ss
;;+          and exit == (0x18 if kind == int_n else NM)
;; expect when ist != 0: arrival.rsp == DATA0 + ist * 0x200 + (offset & ~15) - 40
;; expect when ist == 0 and launch_cpl == 0: arrival.rsp == STACK_TOP - 0x100 + (offset & ~15) - 40
;; expect when ist == 0 and launch_cpl != 0: arrival.rsp == DATA0 + (offset & ~15) - 40
;; expect when launch_cpl == 0 and ist == 0: arrival.ss == KDATA
;; expect intel when launch_cpl == 0 and ist != 0: arrival.ss == KDATA
;; expect when launch_cpl != 0: arrival.ss == 0
%ifidn kind, int_n
 %assign n 0x18
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        mov eax, [ist]
        mov [GATE(n) + 4], al
        mov byte [GATE(n) + 5], gate | 0x60
        mov ecx, eax
        shl eax, 9
        add eax, DATA0
        add eax, [offset]
        mov edx, TSS + 4
        lea ebx, [TSS + 0x1c + ecx * 8]
        test ecx, ecx
        cmovnz edx, ebx
        mov [rdx], rax                  ; that slot alone: all others keep what they had
        mov rsp, [offset]
        add rsp, STACK_TOP - 0x100
        LAUNCH
%ifidn kind, int_n
        int 0x18
%else
        fnop
%endif
        STOP
