;; title:    An instruction that begins with VIF and VIP both set, where the two are in use, is #GP(0)
;; cite:     SDM 3B Class 2-Maskable Hardware Interrupt Handling in Virtual-8086 Mode Using the Virtual Interrupt Mechanism;
;;+          SDM 3B Protected-Mode Virtual Interrupts (the flags are never examined when the CPL is not 3)
;; modes:    vm86 pm16 pm32 compat32 long64
;; cpl:      0 3
;; requires: vme intel
;; sweep:    iopl = 0 2 3
;; sweep:    extensions = 0 1 2 3
;; sweep:    virtual = 1 2 3
;; expect when virtual == 3 and launch_cpl == 3 and iopl < 3 and bit(extensions, 0 if mode == vm86 else 1) == 1:
;;+          exit == GP and err == 0 and rip & 0xffff == here & 0xffff and flags.vif == 1 and flags.vip == 1
;; expect when virtual < 3 or launch_cpl == 0 or iopl == 3 or bit(extensions, 0 if mode == vm86 else 1) == 0:
;;+          exit == stop
;; where:    launch_cpl == 3 or mode in {compat32, long64}
        mov xax, cr4
        or eax, [extensions]
        mov cr4, xax
        mov eax, [virtual]
        shl eax, 7
        or eax, [iopl]
        shl eax, 12
        or eax, 2
%if MODE == MODE_VM86
        or eax, 0x20000
%endif
        LAUNCH_SET flags, xax
        LAUNCH
here:   nop
        STOP
