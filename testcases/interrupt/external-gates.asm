;; title:    An external interrupt ignores the gate's DPL and pushes no error code; an interrupt gate clears IF, a trap
;;+          gate keeps it
;; cite:     SDM 3A 6.12.1.1 Protection of Exception- and Interrupt-Handler Procedures; SDM 3A 6.12.1.3 Flag Usage By
;;+          Exception- or Interrupt-Handler Procedure
;; modes:    vm86 pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    gdpl = 0 3
;; sweep:    gtype = 14 15
;; expect:   exit == stop and rip == target and cpl == 0 and flags.if == gtype & 1 and flags.vm == 0
;; expect when mode == vm86: rsp == STACK0_TOP - 36 and mem(rsp, 4) == insn - ARENA
;; expect when launch_cpl == 3 and mode in {pm16, pm32, pm32-p32}: rsp == STACK0_TOP - 20
;;+          and mem(rsp, 4) & 0xffff == insn & 0xffff and mem(rsp + 4, 2) == launch.cs
;; expect when mode == compat16: rsp == STACK0_TOP - 40
;; expect when launch_cpl == 3 and mode in {compat32, long64}: rsp == STACK0_TOP - 40
;;+          and mem(rsp, 8) & 0xffff == insn & 0xffff and mem(rsp + 8, 2) == launch.cs
;; expect when launch_cpl == 0 and mode in {pm32, pm32-p32}: rsp == launch.rsp - 12 and mem(rsp, 4) == insn
;; expect when launch_cpl == 0 and mode == long64: rsp == (launch.rsp & ~15) - 40 and mem(rsp, 8) == insn
        IRQ_PENDING
        SETGATE 0x20, KCODE, target, 0xee
        mov eax, [gdpl]
        shl eax, 5
        or eax, [gtype]
        or eax, 0x80
        mov [GATE(0x20) + 5], al
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%else
        LAUNCH_SET flags, 0x3002
%endif
        LAUNCH
        sti
        nop
insn:   nop
        STOP
%if HOME == 64
        bits 64
%else
        bits 32
%endif
target: STOP
