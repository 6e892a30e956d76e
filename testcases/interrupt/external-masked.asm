;; title:    With IF clear a pending interrupt stays pending: traps, software interrupts
;;+          and loads of SS let none through
;; cite:     SDM 3A 6.8.1 Masking Maskable Hardware Interrupts
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  what = plain movss int_n
;; expect when what != int_n: exit == stop and rip & 0xffff == last & 0xffff
;; expect when what == int_n: exit == 0x28 and rip & 0xffff == last & 0xffff
;; expect:   flags.if == 0 and cpl == launch_cpl
        IRQ_PENDING
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%else
        LAUNCH_SET flags, 0x3002
%endif
        mov xbx, [LB_ss]
        LAUNCH
        nop
%ifidn what, movss
        mov ss, bx
        nop
%elifidn what, int_n
        int 0x28
%endif
last:   STOP
