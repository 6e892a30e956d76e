;; title:    IN, OUT, INS and OUTS need CPL <= IOPL or the port's permission; real mode needs nothing
;; cite:     SDM 1 I/O Privilege Level; SDM 2A IN, INS; SDM 2B OUT, OUTS (Protected Mode Exceptions: #GP(0));
;;+           APM 2 I/O-Permission Bitmap
;; modes:    real unreal pm16 pm32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; sweep:    iopl = 0 1 2 3
;; variant:  opcode = 0xe4 0xe5 0xe6 0xec 0xed 0xee 0xef 0x6c 0x6d 0x6e 0x6f
;; variant:  size = 0x90 0x66
;; variant:  prefix = 0x90 0xf3
;; where:    prefix == 0x90 or (opcode in {0x6c, 0x6f} and size == 0x90)
;; where:    size == 0x90 or opcode & 1
;; undefined: rax mem(DATA0, 4)
;; expect when mode in {real, unreal} or launch_cpl <= iopl: exit == stop and rip & 0xffff == done & 0xffff
;; expect when mode not in {real, unreal} and launch_cpl > iopl:
;;+          exit == GP and err == 0 and rip & 0xffff == insn & 0xffff and regs == {}
;; expect:   cpl == launch_cpl
        mov edx, 0x360
        mov xax, [iopl]
        shl eax, 12
        or eax, 2
        LAUNCH_SET flags, xax
        mov xsi, SEGOFF(DATA0)
        mov xdi, SEGOFF(DATA0)
        mov ecx, 1
        mov eax, -1
        LAUNCH
        nop
insn:
%if prefix != 0x90
        db prefix
%endif
%if size != 0x90
        db size
%endif
        db opcode
%if opcode >= 0xe4 && opcode <= 0xe7
        db 0xa1
%endif
done:   STOP
