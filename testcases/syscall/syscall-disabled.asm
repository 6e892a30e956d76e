;; title:    SYSCALL without EFER.SCE is undefined
;; cite:     SDM 2B SYSCALL, Operation; APM 3 SYSCALL, Exceptions
;; modes:    compat16 compat32 long64
;; cpl:      0 3
;; requires: syscall
;; expect:   exit == UD and rip & 0xffff == syscall_insn & 0xffff and regs == {} and cpl == launch_cpl
        mov ecx, 0xc0000080
        rdmsr
        and eax, ~1
        wrmsr
        LAUNCH
syscall_insn:
        syscall
        STOP
