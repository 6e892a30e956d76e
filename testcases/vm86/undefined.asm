;; title:    LLDT, LTR, SLDT, STR, LAR, LSL, VERR, VERW and ARPL are undefined in virtual-8086 mode
;; cite:     SDM 2A ARPL, LAR, LLDT; SDM 2B LSL, LTR, SLDT, STR, VERR/VERW, Virtual-8086 Mode Exceptions
;; modes:    vm86
;; sweep:    iopl = 0 3
;; variant:  insn = lldt ltr sldt str verr verw lar lsl arpl
;; variant:  operand = register memory
;; expect:   exit == UD and rip == here - ARENA and regs == {} and flags & ~0x10000 == launch.flags
        mov eax, [iopl]
        shl eax, 12
        or eax, 0x20002
        LAUNCH_SET flags, eax
        mov ebx, OFF(DATA0)
        mov eax, KDATA
        LAUNCH
%ifidn operand, memory
 %define PLACE [bx]
%else
 %define PLACE ax
%endif
here:
%ifidn insn, arpl
        arpl PLACE, cx
%elifidn insn, lar
        lar cx, PLACE
%elifidn insn, lsl
        lsl cx, PLACE
%else
        insn PLACE
%endif
        STOP
