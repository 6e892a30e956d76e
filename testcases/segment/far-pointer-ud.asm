;; title:    LDS LES LFS LGS LSS with a register operand are #UD in every mode, LDS and LES in 64-bit mode always
;; cite:     SDM 2A LDS/LES/LFS/LGS/LSS, Protected Mode Exceptions (#UD: source operand is not a memory location) and
;;+          64-Bit Mode Exceptions; APM 3 LDS, LES
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  opcode = 0xc4 0xc5 0xfb2 0xfb4 0xfb5
;; variant:  modrm = 0xc0 0x05
;; where:    opcode > 0xff or mode == long64 or modrm != 0xc0
;; where:    modrm == 0xc0 or (mode == long64 and opcode < 0x100)
;; expect:   exit == UD and rip & 0xffff == here & 0xffff and regs == {}
;; expect when mode not in {real, unreal}: changed == {frame}
        LAUNCH
here:
%if opcode > 0xff
        db opcode >> 8
%endif
        db opcode & 0xff, modrm
        dd 0
        STOP
