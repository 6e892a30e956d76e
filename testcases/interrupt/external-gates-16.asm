;; title:    An external interrupt through a 16-bit gate pushes words
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (16-bit gate); SDM 3A Transferring Control Among Mixed-Size Code
;;+          Segments
;; modes:    vm86 pm16 pm32
;; cpl:      0 3
;; sweep:    gtype = 6 7
;; expect:   exit == stop and rip == target - ARENA and cs == KCODE_ALT and cpl == 0 and flags.if == gtype & 1
;; expect when mode == vm86: rsp == STACK0_TOP - 18 and mem(rsp, 2) == insn - ARENA
;; expect when mode != vm86 and launch_cpl == 3: rsp == STACK0_TOP - 10 and mem(rsp, 2) == insn & 0xffff
;;+          and mem(rsp + 2, 2) == launch.cs and mem(rsp + 6, 2) == launch.rsp & 0xffff
;; expect when launch_cpl == 0: rsp == launch.rsp - 6 and mem(STACK_TOP - 6, 2) == insn & 0xffff
        IRQ_PENDING
        mov word [GATE(0x20)], target - ARENA
        mov word [GATE(0x20) + 2], KCODE_ALT
        mov word [GATE(0x20) + 6], 0
        mov eax, [gtype]
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
        bits 16
target: STOP
