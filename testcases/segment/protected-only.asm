;; title:    LAR LSL VERR VERW LLDT LTR SLDT STR ARPL are #UD in real-address and virtual-8086 mode
;; cite:     SDM 2A LAR, LSL, LLDT, LTR, ARPL; SDM 2B SLDT, STR, VERR/VERW, Real-Address Mode Exceptions; APM 3
;;+          likewise
;; modes:    real unreal vm86
;; cpl:      0 3
;; variant:  insn = lar lsl verr verw lldt ltr sldt str arpl
;; variant:  rm = reg mem
;; expect:   exit == UD and rip & 0xffff == here & 0xffff and regs == {} and ldtr == KLDT and tr == KTSS
%ifidn rm, reg
 %define SOURCE cx
%else
 %define SOURCE word [OFF(DATA0)]
%endif
        mov word [DATA0], UDATA_F | 3
        mov ecx, UDATA_F | 3
        LAUNCH
here:
%ifidn insn, lar
        lar bx, SOURCE
%elifidn insn, lsl
        lsl bx, SOURCE
%elifidn insn, arpl
        arpl SOURCE, bx
%else
        insn SOURCE
%endif
        STOP
