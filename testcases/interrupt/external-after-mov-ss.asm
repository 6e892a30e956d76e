;; title:    STI then MOV SS or POP SS: the interrupt comes behind that load
;;+          or behind the instruction after it, no other
;; cite:     SDM 2B STI (of instructions that delay interrupts in sequence only the first is guaranteed to delay);
;;+          SDM 2B MOV,
;;+          POP; SDM 3A 6.8.3 Masking Exceptions and Interrupts When Switching Stacks
;; modes:    real vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  insn = mov pop
;; where:    mode != long64 or insn == mov
;; expect:   exit == IRQ0 and rip & 0xffff in {second & 0xffff, third & 0xffff}
;; expect:   ss == launch.ss and flags.if == 1
        IRQ_PENDING
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%else
        LAUNCH_SET flags, 0x3002
%endif
        mov xbx, [LB_ss]
        LAUNCH
%ifidn insn, pop
        push ss
%endif
        sti
%ifidn insn, pop
        pop ss
%else
        mov ss, bx
%endif
second: nop
third:  nop
        STOP
