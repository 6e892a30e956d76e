;; title:    LTR takes an available TSS of the GDT at CPL 0 and marks it busy: null, TI and limit, then type, then
;;+          presence
;; cite:     SDM 2A LTR, Operation and Protected Mode Exceptions; SDM 3A 7.2.4 Task Register; APM 3 LTR
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    type = 0..31
;; sweep:    p = 0 1
;; sweep:    sel = 0x160 0x163 0x0 0x3 0x4 0x164 0x208
;; where:    type == 9 or sel == 0x160
;; where:    p == 1 or sel == 0x160
;; where:    launch_cpl == 0 or (type == 9 and p == 1)
;; expect when launch_cpl == 3 or sel in {0x0, 0x3}: exit == GP and err == 0
;; expect when launch_cpl == 0 and sel in {0x4, 0x164, 0x208}: exit == GP and err == sel
;; expect when launch_cpl == 0 and sel == 0x160 and type not in {1, 9}: exit == GP and err == 0x160
;; expect when launch_cpl == 0 and sel == 0x160 and type == 1 and mode in {compat16, compat32, long64}:
;;+          exit == GP and err == 0x160
;; expect when launch_cpl == 0 and sel == 0x160 and type == 9 and not p: exit == NP and err == 0x160
;; expect when launch_cpl == 0 and sel == 0x160 and type == 1 and not p and mode in {pm16, pm32, pm32-p32}: exit == NP
;; expect when launch_cpl == 0 and sel in {0x160, 0x163} and type == 9 and p:
;;+          exit == stop and tr == sel and mem(GDT + 0x165, 1) == 0x8b
;; expect when launch_cpl == 0 and type == 1 and p and mode in {pm16, pm32, pm32-p32}:
;;+          exit == stop and mem(GDT + 0x165, 1) == 0x83
;; expect when exit != stop: rip & 0xffff == here & 0xffff and tr == launch.tr and regs == {} and changed <= {frame}
;; expect:   mem(GDT + KTSS + 5, 1) == 0x8b
        mov eax, [p]
        shl eax, 7
        or eax, [type]
        shl eax, 8
        or eax, TSS >> 16
        SETDESC FREE0, (TSS & 0xffff) << 16 | 0xef, eax
        SETDESC FREE0 + 8, 0, 0
        SETDESC BEYOND + 8, (TSS & 0xffff) << 16 | 0xef, 0x00008900 | TSS >> 16
        mov ecx, [sel]
        LAUNCH
here:   ltr cx
        STOP
