;; title:    A null selector in SS is #GP(0) at the load; only 64-bit mode below CPL 3 takes one whose RPL is the CPL
;; cite:     SDM 2B MOV, Operation and 64-Bit Mode Exceptions; SDM 3A NULL Segment Checking in 64-bit Mode;
;;+          APM 3 MOV, Exceptions
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; sweep:    null = 0 1 2 3
;; variant:  insn = mov pop lss
;; where:    null == launch_cpl or mode != long64 or launch_cpl == 3
;; where:    mode != long64 or insn != pop
;; expect when mode != long64 or launch_cpl == 3: exit == GP and err == 0 and rip & 0xffff == here & 0xffff
;; expect when mode != long64 or launch_cpl == 3: ss == launch.ss and rsp == launch.rsp and rbx == launch.rbx
;; expect when mode == long64 and launch_cpl < 3: exit == stop and ss == null and cpl == launch_cpl
;; expect when mode == long64 and launch_cpl < 3: rdx & 0xffff == launch.rsi & 0xffff
;; expect when mode == long64 and launch_cpl in {1, 2}: arrival.ss == 0 and arrival.rsp < STACK0_TOP
        mov eax, [null]
        mov [DATA0 + 4], eax
        mov [STACK_TOP - 16], eax
        sub xsp, 16
        LAUNCH
here:
%ifidn insn, mov
        mov ss, ax
%elifidn insn, pop
        pop ss
%else
        o32 lss ebx, [SEGOFF(DATA0)]
%endif
        push si
        pop dx
        STOP
