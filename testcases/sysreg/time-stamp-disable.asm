;; title:    CR4.TSD makes RDTSC and RDTSCP #GP(0) above CPL 0, in virtual-8086 mode too
;; cite:     SDM 2B RDTSC, Operation; SDM 2B RDTSCP, Operation; SDM 3A 2.5 Control Registers, CR4.TSD; APM 3 RDTSC
;; modes:    real vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; requires: rdtscp
;; sweep:    tsd = 0 1
;; variant:  insn = rdtsc rdtscp
;; expect when tsd and launch_cpl != 0: exit == GP and err == 0 and rip & 0xffff == here & 0xffff and regs == {}
;; expect when not tsd or launch_cpl == 0: exit == stop and rax >> 32 == 0 and rdx >> 32 == 0
%include "window.inc"
        mov xax, cr4
        mov ecx, [tsd]
        shl ecx, 2
        or eax, ecx
        mov cr4, xax
        LAUNCH
here:   insn
        mov eax, 0
        mov edx, 0
        mov ecx, 0
        STOP
