;; title:    POPF and IRET that set IF have no shadow: a pending interrupt comes before the next instruction
;; cite:     SDM 2B POPF/POPFD/POPFQ; SDM 2A IRET/IRETD/IRETQ;
;;+          SDM 3A 6.8.1 Masking Maskable Hardware Interrupts (STI alone
;;+          delays)
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  insn = popf iret
;; sweep:    new_if = 0 1
;; expect when new_if == 1: exit == IRQ0 and rip & 0xffff == here & 0xffff and flags.if == 1
;; expect when new_if == 0: exit == stop and rip & 0xffff == (here + 1) & 0xffff and flags.if == 0
;; expect:   cpl == launch_cpl and ss == launch.ss and cs == launch.cs and rsp & 0xffff == STACK_TOP & 0xffff
        IRQ_PENDING
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%else
        LAUNCH_SET flags, 0x3002
%endif
%if WINDOW_BITS == 16
 %assign size 2
%elif WINDOW_BITS == 32
 %assign size 4
%else
 %assign size 8
%endif
        mov eax, [new_if]
        shl eax, 9
        or eax, 0x3002
%ifidn insn, popf
        mov xsp, STACK_TOP - size
        mov [xsp], eax
%else
 %if size == 8
        mov xsp, STACK_TOP - 40
        mov qword [xsp + 24], STACK_TOP
        mov rbx, [LB_ss]
        mov [xsp + 32], rbx
 %else
        mov xsp, STACK_TOP - 3 * size
 %endif
        mov ebx, here
        sub ebx, ARENA - SEGOFF(ARENA)
        mov [xsp], bx
 %if size > 2
        mov [xsp], ebx
 %endif
        mov xbx, [LB_cs]
        mov [xsp + size], bx
        mov [xsp + 2 * size], ax
%endif
        LAUNCH
%ifidn insn, popf
        popf
%elif size == 8
        iretq
%else
        iret
%endif
here:   nop
        STOP
