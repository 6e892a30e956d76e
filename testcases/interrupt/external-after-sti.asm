;; title:    A pending interrupt is taken after the instruction behind STI, and not if that is CLI
;; cite:     SDM 2B STI, Description; SDM 3A 6.8.1 Masking Maskable Hardware Interrupts; APM 3 STI
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; variant:  next = nop cli load
;; expect when next in {nop, load}: exit == IRQ0 and rip & 0xffff == second & 0xffff and flags.if == 1
;; expect when next == cli: exit == stop and rip & 0xffff == (second + 1) & 0xffff and flags.if == 0
;; expect when next == load: rax & 0xff == 0x5a
;; expect:   err == none and cpl == launch_cpl and flags.rf == 0 or exit == stop
;; expect when exit == IRQ0: arrival.flags.if == 0 and rsp == launch.rsp and regs <= {rax}
        IRQ_PENDING
        mov byte [DATA0], 0x5a
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%else
        LAUNCH_SET flags, 0x3002
%endif
        mov eax, 0x01010101
        mov ebx, SEGOFF(DATA0)
        LAUNCH
        sti
%ifidn next, load
        PROBE load, ds, ebx
%else
        next
%endif
second: nop
        STOP
