;; title:    SYSRET: #UD without EFER.SCE at any CPL, then #GP(0) above CPL 0
;; cite:     SDM 2B SYSRET, Operation; APM 3 SYSRET, Exceptions
;; modes:    long64
;; cpl:      0 1 2 3
;; requires: syscall
;; sweep:    sce = 0 1
;; variant:  opsize = o32 o64
;; where:    launch_cpl != 0 or sce == 0
;; expect when sce == 0: exit == UD and rip == sysret_insn
;; expect when sce == 1: exit == GP and err == 0 and rip == sysret_insn
;; expect:   regs == {} and cpl == launch_cpl and ss == launch.ss
        mov ecx, 0xc0000080
        rdmsr
        and eax, ~1
        or eax, [sce]
        wrmsr
        mov ecx, target
        mov r11d, 2
        LAUNCH
sysret_insn:
        opsize sysret
        nop
target: STOP
