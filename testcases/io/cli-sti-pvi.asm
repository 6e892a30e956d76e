;; title:    With CR4.PVI, CLI and STI at CPL 3 below IOPL 3 act on VIF; STI with VIP set is #GP(0)
;; cite:     SDM 2A CLI, Operation; SDM 2B STI, Operation; SDM 3B Protected-Mode Virtual Interrupts;
;;+           APM 2 Protected Mode Virtual Interrupts
;; modes:    pm32 long64
;; cpl:      0 1 2 3
;; requires: vme
;; sweep:    iopl = 0 1 2 3
;; sweep:    old_if = 0 1
;; sweep:    virtual = 0 1 2
;; where:    launch_cpl != 0 or virtual == 0
;; variant:  insn = cli sti
;; expect when launch_cpl <= iopl: exit == stop and flags.if == (insn == sti) and flags.vif == virtual & 1
;;+           and flags.vip == virtual >> 1
;; expect when launch_cpl == 3 and iopl < 3 and (insn == cli or virtual < 2): exit == stop and flags.if
;;+           == old_if and flags.vip == virtual >> 1
;; expect when launch_cpl == 3 and iopl < 3 and insn == cli: flags.vif == 0
;; expect when launch_cpl == 3 and iopl < 3 and insn == sti and virtual < 2: flags.vif == 1
;; expect when launch_cpl == 3 and iopl < 3 and insn == sti and virtual >= 2: exit == GP and err == 0 and rip == here
;; expect when launch_cpl in {1, 2} and launch_cpl > iopl: exit == GP and err == 0 and rip == here and flags.if
;;+           == old_if
;; expect when exit == GP: flags.vif == virtual & 1 and flags.vip == virtual >> 1 and flags.if == old_if
        mov xax, cr4
        or eax, 2
        mov cr4, xax
        mov xax, [virtual]
        shl eax, 7
        or eax, [iopl]
        shl eax, 3
        or eax, [old_if]
        shl eax, 9
        or eax, 2
        LAUNCH_SET flags, xax
        LAUNCH
here:   insn
        nop
        STOP
