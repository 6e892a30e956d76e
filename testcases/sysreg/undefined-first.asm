;; title:    #UD of an instruction that does not exist comes before #GP(0) of the privilege: LOCK, and holes of
;;+          groups 6, 7
;; cite:     SDM 3A 6.9 Priority Among Simultaneous Exceptions and Interrupts, Table 6-2; SDM 2A LOCK, exceptions;
;;+          SDM 2D Table A-6 Opcode Extensions for One- and Two-byte Opcodes by Group Number; APM 2 8.5 Priorities;
;;+          silicon: AMD EPYC at CPL 3
;; modes:    pm16 pm32 compat32 long64
;; cpl:      0 3
;; sweep:    bytes = 0x90060ff0 0x90300ff0 0x90320ff0 0x90090ff0 0x38010ff0 0x30010ff0 0xf0010ff0 0x10000ff0
;;+          0x18000ff0 0x90f0000f 0x90f8000f 0x90d2010f 0x90d3010f
;; where:    launch_cpl == 3 or bytes not in {0x10000ff0, 0x18000ff0}
;; expect:   exit == UD and rip & 0xffff == here & 0xffff and regs == {} and changed == {frame}
        mov eax, [bytes]
        mov [here], eax
        mov xbx, SEGOFF(DATA0)
        mov xax, SEGOFF(DATA0)
        mov xsi, SEGOFF(DATA0)
        mov ecx, 0x174
        LAUNCH
here:   dd 0x90909090
        dd 0x90909090
        STOP
