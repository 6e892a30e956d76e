;; title:    SGDT and SIDT store the limit and 32 or, in 64-bit mode, 64 bits of the base, whatever the operand size
;; cite:     SDM 2B SGDT, SIDT, Description and Operation; APM 3 SGDT, SIDT
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  insn = sgdt sidt
;; variant:  size = 0x90 0x66
;; expect:   exit == stop and regs == {}
;; expect when insn == sgdt: mem(DATA0, 2) == launch.gdt_limit and mem(DATA0 + 2, 4) == launch.gdt_base
;; expect when insn == sidt: mem(DATA0, 2) == launch.idt_limit and mem(DATA0 + 2, 4) == launch.idt_base
;; expect when mode == long64: mem(DATA0 + 6, 4) == 0 and mem(DATA0 + 10, 4) == 0x5a5a5a5a
;; expect when mode != long64: mem(DATA0 + 6, 4) == 0x5a5a5a5a
        mov eax, 0x5a5a5a5a
        mov [DATA0], eax
        mov [DATA0 + 4], eax
        mov [DATA0 + 8], eax
        mov [DATA0 + 12], eax
        mov eax, 0x04040404
        LAUNCH
        db size
        insn [SEGOFF(DATA0)]
        STOP
