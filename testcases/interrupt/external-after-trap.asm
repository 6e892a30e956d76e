;; title:    A single-step trap goes before a pending interrupt; the handler's gate decides when that one comes
;; cite:     SDM 3A 6.9 Priority Among Simultaneous Exceptions and Interrupts (traps on the previous instruction before
;;+          maskable hardware interrupts); APM 2 8.5 Priorities
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64 vm86
;; cpl:      0 3
;; variant:  gate = 0x8e 0x8f
;; expect when gate == 0x8e: exit == stop and rip == handler and flags.if == 0
;; expect when gate == 0x8f: exit == IRQ0 and rip == handler and flags.if == 1
;; expect:   cpl == 0 and flags.tf == 0 and dr6 & 0x4000 == 0x4000
        IRQ_PENDING
        mov eax, handler
        mov [GATE(1)], ax
        mov byte [GATE(1) + 5], gate
        shr eax, 16
        mov [GATE(1) + 6], ax
%if HOME == 64
        mov dword [GATE(1) + 8], 0
%endif
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%else
        LAUNCH_SET flags, 0x3002
%endif
%if WINDOW_BITS == 16
 %assign size 2
        sub esp, 4
%elif WINDOW_BITS == 32
 %assign size 4
        sub xsp, 8
%else
 %assign size 8
        sub rsp, 16
%endif
        mov word [xsp], 0x3102
        mov word [xsp + size], 0x3302
        LAUNCH
        popf
        popf                            ; TF was set before it, IF is set by it: both are due behind it
        nop
        STOP
%if HOME == 64
        bits 64
%else
        bits 32
%endif
handler:
        STOP
