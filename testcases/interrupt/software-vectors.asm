;; title:    INT n pushes no error code, whatever the vector, and returns to the instruction behind it
;; why:      a vector that has an error code as an exception has none as a software interrupt
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Description; SDM 3A 6.13 Error Code
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; touches:  CODE+0 0x80
;; touches:  VECTORS+0x100 0xf00
;; sweep:    vector = 0..33 47 63 64 127 128 200 254 255
;; error_code: no
;; expect:   exit == vector and rip & 0xffff == after & 0xffff and err == none
;;+          and cpl == launch_cpl and regs == {}
;; expect when mode == long64: frame[0] == after and frame[3] == launch.rsp
;; expect when mode == pm32: frame[0] == after and arrival.rsp == (STACK0_TOP - 20 if launch_cpl == 3 else launch.rsp
;;+          - 12)
;; expect when mode in {real, unreal}: frame[0] == after - ARENA and frame[2] == launch.flags
;;+          and arrival.rsp == launch.rsp - 6
        mov eax, [vector]
        mov [insn + 1], al
%if !REAL_ADDRESSES
 %if HOME == 64
        shl eax, 4
 %else
        shl eax, 3
 %endif
        mov byte [VECTORS + xax + 5], 0xee
 %if HOME == 32
        mov ecx, [VECTORS]              ; vector 8 has a task gate here: an interrupt gate as all the others
        mov edx, [VECTORS + 4]
        add ecx, 8 * 32
        mov [GATE(8)], ecx
        mov dh, 0xee
        mov [GATE(8) + 4], edx
 %endif
%endif
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%endif
        LAUNCH
insn:   int 0
after:  nop
        STOP
