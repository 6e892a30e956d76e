;; title:    CLI and STI need CPL <= IOPL in protected mode, nothing in real mode
;; cite:     SDM 2A CLI, Operation and Table: Decision Table for CLI Results; SDM 2B STI, Operation; APM 3 CLI, STI
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; sweep:    iopl = 0 1 2 3
;; sweep:    old_if = 0 1
;; variant:  insn = cli sti
;; expect when mode in {real, unreal} or launch_cpl <= iopl: exit == stop and rip & 0xffff == done & 0xffff
;; expect when insn == cli and (mode in {real, unreal} or launch_cpl <= iopl): flags.if == 0
;; expect when insn == sti and (mode in {real, unreal} or launch_cpl <= iopl): flags.if == 1
;; expect when mode not in {real, unreal} and launch_cpl > iopl:
;;+          exit == GP and err == 0 and rip & 0xffff == here & 0xffff and flags.if == old_if
;; expect:   cpl == launch_cpl and regs == {} and flags.iopl == iopl
        mov xax, [iopl]
        shl eax, 3
        or eax, [old_if]
        shl eax, 9
%if MODE == MODE_VM86
        or eax, 0x20002
%else
        or eax, 2
%endif
        LAUNCH_SET flags, xax
        mov eax, 0
        LAUNCH
here:   insn
        nop
done:   STOP
