;; title:    #UD of an instruction that does not exist here comes before #GP(0) of the privilege: LOCK, group 6 and 7 holes
;; cite:     SDM 3A 6.9 Priority Among Simultaneous Exceptions and Interrupts, Table 6-2; SDM 2A LOCK, exceptions; SDM 2D
;;+          Table A-6 Opcode Extensions for One- and Two-byte Opcodes by Group Number; APM 2 8.5 Priorities
;; modes:    pm16 pm32 compat32 long64
;; cpl:      0 3
;; sweep:    bytes = 0x060ff0 0xf4f0 0x300ff0 0x320ff0 0x090ff0 0x080ff0 0x38010ff0 0x10010ff0 0x18010ff0 0x30010ff0 0xf0010ff0 0x10000ff0
;;+          0x18000ff0 0xf0000f 0xf8000f 0xd2010f 0xd3010f
;; expect:   exit == UD and rip & 0xffff == here & 0xffff and regs == {} and changed == {frame}
        mov eax, [bytes]
        mov [here], eax
        mov xbx, SEGOFF(DATA0)
        mov xax, SEGOFF(DATA0)
        mov xsi, SEGOFF(DATA0)
        xor ecx, ecx
        LAUNCH
here:   dd 0x90909090
        dd 0x90909090
        STOP
