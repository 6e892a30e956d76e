;; title:    RDPMC without CR4.PCE is #GP(0) above CPL 0, in virtual-8086 mode too, whatever counter ECX names
;; cite:     SDM 2B RDPMC, Operation and Protected Mode Exceptions; SDM 3A 2.5 Control Registers, CR4.PCE; APM 3 RDPMC
;; modes:    vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      1 2 3
;; requires: mmx
;; sweep:    counter = 0 1 0x40000000 0xffffffff
;; expect:   exit == GP and err == 0 and rip & 0xffff == here & 0xffff and regs == {} and changed == {frame}
%include "window.inc"
        mov ecx, [counter]
        LAUNCH
here:   rdpmc
        STOP
