;; title:    HLT right behind STI is entered and ended by the pending interrupt: the saved RIP is behind HLT
;; cite:     SDM 2A HLT, Description (the saved instruction pointer points to the instruction following HLT); SDM 2B STI
;; modes:    real unreal pm16 pm32 pm32-p32 compat16 compat32 long64
;; expect:   exit == IRQ0 and rip & 0xffff == behind & 0xffff and flags.if == 1 and regs == {} and cpl == 0
;; expect:   flags.rf == 0 and rsp == launch.rsp
        IRQ_PENDING
        LAUNCH
        sti
        hlt
behind: STOP
