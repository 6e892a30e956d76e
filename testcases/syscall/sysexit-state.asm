;; title:    SYSEXIT: CS and SS computed from SYSENTER_CS with RPL 3, RIP from RDX, RSP from RCX, flags kept
;; why:      AMD's manual lists #UD in long mode and #GP at CPL > 0 without an order; its silicon (EPYC at CPL 3) gives #GP
;; cite:     SDM 2B SYSEXIT, Operation; APM 3 SYSEXIT (#UD in long mode; #GP at CPL > 0)
;; modes:    vm86 pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 1 3
;; requires: sep
;; sweep:    msr_cs = 0x0 0x3 0x8 0xb 0x48 0x50 0x53 0x160 0x1fc 0x10050
;; sweep:    eflags = 0x2 0xed7 0x3202 0x40002
;; variant:  opsize = o32 o64
;; where:    mode == long64 or opsize == o32
;; expect intel when launch_cpl != 0 or msr_cs & 0xfffc == 0: exit == GP and err == 0
;;+          and rip & 0xffff == sysexit_insn & 0xffff and cpl == launch_cpl
;; expect when mode not in {compat16, compat32, long64} and (launch_cpl != 0 or msr_cs & 0xfffc == 0): exit == GP
;;+          and err == 0 and rip & 0xffff == sysexit_insn & 0xffff
;; expect intel when launch_cpl == 0 and msr_cs & 0xfffc != 0: exit == stop and rip == target and cpl == 3 and rsp == STACK_TOP - 0x40
;; expect intel when launch_cpl == 0 and msr_cs & 0xfffc != 0 and opsize == o32: cs == ((msr_cs + 16) & 0xffff) | 3 and ss == ((msr_cs + 24) & 0xffff) | 3
;; expect intel when launch_cpl == 0 and msr_cs & 0xfffc != 0 and opsize == o64: cs == ((msr_cs + 32) & 0xffff) | 3 and ss == ((msr_cs + 40) & 0xffff) | 3
;; expect intel when launch_cpl == 0 and msr_cs & 0xfffc != 0: flags & ~0x10000 == launch.flags
;; expect amd when mode in {compat16, compat32, long64} and launch_cpl == 0: exit == UD
;;+          and rip & 0xffff == sysexit_insn & 0xffff
;; expect amd when mode in {compat16, compat32, long64} and launch_cpl != 0: exit == GP and err == 0
;;+          and rip & 0xffff == sysexit_insn & 0xffff
        mov ecx, 0x174
        mov eax, [msr_cs]
        xor edx, edx
        wrmsr
        mov xax, [eflags]
%if MODE == MODE_VM86
        or eax, 0x20000
%endif
        LAUNCH_SET flags, xax
        mov edx, target
        mov ecx, STACK_TOP - 0x40
        LAUNCH
sysexit_insn:
        opsize sysexit
        STOP
target: STOP
