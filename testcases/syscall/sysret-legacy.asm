;; title:    SYSCALL and SYSRET are undefined outside 64-bit mode on Intel processors
;; cite:     SDM 2B SYSCALL, Protected Mode Exceptions; SDM 2B SYSRET, Protected Mode Exceptions
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32
;; cpl:      0 3
;; requires: intel
;; variant:  insn = syscall sysret
;; expect:   exit == UD and regs == {}
;; expect:   rip & 0xffff == first & 0xffff
        mov ecx, OFF(next)
        LAUNCH
first:  insn
next:   STOP
