;; title:    VIF does not mask interrupts of the machine: with CR4.VME or PVI, IF alone decides
;; cite:     SDM 3B Class 2-Maskable Hardware Interrupt Handling in Virtual-8086 Mode Using the Virtual Interrupt
;;+          Mechanism;
;;+          SDM 3B Protected-Mode Virtual Interrupts
;; modes:    vm86 pm32 pm16 long64
;; cpl:      3
;; requires: vme
;; sweep:    vif = 0 1
;; sweep:    old_if = 0 1
;; variant:  insn = cli sti
;; expect when old_if == 1: exit == IRQ0 and rip & 0xffff == here & 0xffff and flags.vif == vif
;; expect when old_if == 0: exit == stop and flags.vif == (insn == sti) and flags.if == 0
;; expect:   flags.vip == 0 and flags.iopl == 0 and cpl == 3
        IRQ_PENDING
        mov xax, cr4
        or eax, 3
        mov cr4, xax
        mov eax, [vif]
        shl eax, 10
        or eax, [old_if]
        shl eax, 9
%if MODE == MODE_VM86
        or eax, 0x20002
%else
        or eax, 2
%endif
        LAUNCH_SET flags, xax
        LAUNCH
here:   insn
        nop
        STOP
