;; title:    SYSENTER: CS, SS, RIP and RSP from the MSRs, IF and VM cleared, all else kept; #GP(0) for a null CS
;; cite:     SDM 2B SYSENTER, Operation; APM 3 SYSENTER (#UD in long mode)
;; modes:    vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; requires: sep
;; sweep:    msr_cs = 0x0 0x1 0x2 0x3 0x8 0xb 0x18 0x63 0x160 0x1fc 0x200 0x10008
;; sweep:    eflags = 0x2 0x3 0x202 0x402 0xed7 0x3202 0x40002 0x200202
;; expect when msr_cs & 0xfffc != 0 and mode not in {compat16, compat32, long64}: exit == stop and rip == entry
;;+          and cpl == 0
;; expect when msr_cs & 0xfffc == 0 and mode not in {compat16, compat32, long64}: exit == GP and err == 0
;;+          and rip & 0xffff == sysenter_insn & 0xffff and cpl == launch_cpl
;; expect intel when msr_cs & 0xfffc != 0: exit == stop and rip == entry and cpl == 0
;; expect intel when msr_cs & 0xfffc != 0: cs == msr_cs & 0xfffc and ss == (msr_cs & 0xfffc) + 8
;; expect intel when msr_cs & 0xfffc != 0: flags & ~0x10000 == launch.flags & ~0x20200 and rsp == DATA0 + 0x800
;; expect intel when msr_cs & 0xfffc == 0: exit == GP and err == 0 and rip & 0xffff == sysenter_insn & 0xffff
;;+          and cpl == launch_cpl
;; expect amd when mode in {compat16, compat32, long64}: exit == UD and rip & 0xffff == sysenter_insn & 0xffff
;; expect:   regs <= {rsp}
;; touches:  DATA0+0x7c0 64
        mov ecx, 0x174
        mov eax, [msr_cs]
        xor edx, edx
        wrmsr
        mov ecx, 0x175
        mov eax, DATA0 + 0x800
        wrmsr
        mov ecx, 0x176
        mov eax, entry
        wrmsr
        mov xax, [eflags]
%if MODE == MODE_VM86
        or eax, 0x20000
%endif
        LAUNCH_SET flags, xax
        LAUNCH
sysenter_insn:
        sysenter
        STOP
entry:  STOP
