;; title:    An instruction breakpoint faults before its instruction, with DR6.Bn; RF and MOV SS hold it back
;; cite:     SDM 3B Instruction-Breakpoint Exception Condition;
;;+           SDM 3A Masking Instruction Breakpoints; SDM 3B Debug Control Register (DR7)
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    number = 0 2
;; sweep:    enable = 0 1 2 3
;; sweep:    offset = 0 1
;; sweep:    rf = 0 1
;; where:    mode not in {unreal, vm86, pm16, compat16} or (number == 0 and enable < 2)
;; variant:  shadow = plain movss prefix
;; where:    rf == 0 or mode in {compat16, compat32, long64} or launch_cpl == 3
;; expect when enable and offset == 0 and rf == 0 and shadow != movss: exit == DB_ and rip & 0xffff == here & 0xffff
;; expect when enable and offset == 0 and rf == 0 and shadow != movss: dr6 & 0x400f == 1 << number and flags.rf == 0
;; expect when enable and offset == 0 and rf == 1 and shadow != movss: exit == stop and dr6 & 0x400f == 0
;; expect when enable and offset == 0 and shadow == movss: exit == stop and dr6 & 0x400f == 0
;; expect when enable == 0 or offset == 1: exit == stop
;; expect:   regs == {} and dr7 == launch.dr7
        mov xcx, [number]
        mov xax, here
        add xax, [offset]
        cmp ecx, 1
        je .one
        ja .two
        mov dr0, xax
        jmp .set
.one:   mov dr1, xax
        jmp .set
.two:   mov dr2, xax
.set:   mov xax, [enable]
        add ecx, ecx
        shl eax, cl
        or eax, 0x400
        LAUNCH_SET dr7, xax
        mov xax, [rf]
        shl eax, 16
%if MODE == MODE_VM86
        or eax, 0x20002
%else
        or eax, 2
%endif
        LAUNCH_SET flags, xax
        mov xbx, [LB_ss]
        LAUNCH
%ifidn shadow, movss
        mov ss, bx
%endif
here:
%ifidn shadow, prefix
        db 0x66
%endif
        test al, 0                      ; two bytes
        STOP
