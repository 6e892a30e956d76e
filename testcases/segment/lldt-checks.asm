;; title:    LLDT takes an LDT descriptor of the GDT at CPL 0: TI and limit, then type, then presence; a null
;;+          selector is no LDT
;; cite:     SDM 2A LLDT, Operation and Protected Mode Exceptions; SDM 3A 3.5.1 Segment Descriptor Tables; APM 3 LLDT
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    type = 0..31
;; sweep:    p = 0 1
;; sweep:    sel = 0x160 0x163 0x0 0x3 0x4 0x164 0x208
;; where:    type == 2 or sel == 0x160
;; where:    p == 1 or sel == 0x160
;; where:    launch_cpl == 0 or (type == 2 and p == 1)
;; expect when launch_cpl == 3: exit == GP and err == 0
;; expect when launch_cpl == 0 and sel in {0x4, 0x164, 0x208}: exit == GP and err == sel
;; expect when launch_cpl == 0 and sel == 0x160 and type != 2: exit == GP and err == 0x160
;; expect when launch_cpl == 0 and sel == 0x160 and type == 2 and not p: exit == NP and err == 0x160
;; expect when launch_cpl == 0 and sel in {0x160, 0x163} and type == 2 and p:
;;+          exit == stop and ldtr == sel and es == LDATA_3
;; expect when launch_cpl == 0 and sel in {0x0, 0x3}:
;;+          exit == GP and err == LDATA_3 and ldtr == sel and es == launch.es
;; expect when exit != stop and (sel not in {0x0, 0x3} or launch_cpl == 3): rip & 0xffff == here & 0xffff
;; expect when exit != stop and (sel not in {0x0, 0x3} or launch_cpl == 3): ldtr == launch.ldtr
;; expect when exit != stop: regs == {} and changed <= {frame}
        mov eax, [p]
        shl eax, 7
        or eax, [type]
        shl eax, 8
        or eax, DATA0 >> 16
        SETDESC FREE0, (DATA0 & 0xffff) << 16 | 0x7f, eax
        SETDESC FREE0 + 8, 0, 0
        mov dword [DATA0 + (LDATA_3 & ~7)], 0xffff
        mov dword [DATA0 + (LDATA_3 & ~7) + 4], 0x00cff300
        SETDESC BEYOND + 8, 0x7f, 0x00008200 | LDT >> 16
        mov ecx, [sel]
        mov edx, LDATA_3
        LAUNCH
here:   lldt cx
        mov es, dx
        STOP
