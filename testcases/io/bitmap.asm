;; title:    Every byte of an access needs its bit clear in the I/O permission bitmap
;; cite:     SDM 1 I/O Permission Bit Map; SDM 2A IN, INS; SDM 2B OUT, OUTS (#GP(0)); APM 2 I/O-Permission Bitmap
;; modes:    vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      3
;; sweep:    pattern = 0x0 0x1 0x2 0x100 0x180 0xff00 0xfffe
;; sweep:    port = 0x360 0x361 0x365 0x367 0x368 0x36f
;; variant:  opcode = 0xec 0xed 0xef 0x6d 0x6f
;; variant:  size = 0x90 0x66
;; where:    size == 0x90 or opcode & 1
;; touches:  TSS+0xc0 64
;; undefined: rax mem(DATA0, 4)
;; expect when ((pattern | 0xff0000) >> (port - 0x360)) & (1 if opcode & 1 == 0 else 3 if size == 0x66 else 15) == 0:
;;+           exit == stop
;; expect when ((pattern | 0xff0000) >> (port - 0x360)) & (1 if opcode & 1 == 0 else 3 if size == 0x66 else 15) != 0:
;;+           exit == GP
;; expect when exit == GP: err == 0 and rip & 0xffff == insn & 0xffff and regs == {} and cpl == 3
        mov xax, [pattern]
        mov [TSS + 0x68 + 0x6c], ax
        mov xdx, [port]
        mov xsi, SEGOFF(DATA0)
        mov xdi, SEGOFF(DATA0)
        mov eax, -1
        LAUNCH
insn:
%if (size != 0x90 && WINDOW_BITS != 16) || (size == 0x90 && opcode & 1 && WINDOW_BITS == 16)
        db 0x66
%endif
        db opcode
        STOP
