;; title:    An unmasked SIMD floating-point exception is #XM with CR4.OSXMMEXCPT and #UD without; masked ones fault
;;+          never
;; cite:     SDM 3A Interrupt 19-SIMD Floating-Point Exception (#XM); SDM 3A 2.5 Control Registers, CR4.OSXMMEXCPT;
;;+          APM 2 8.2.20 #XF
;; modes:    real vm86 pm16 pm32 compat32 long64
;; cpl:      0 3
;; requires: sse2
;; sweep:    enabled = 0 1
;; sweep:    masked = 0 1
;; variant:  insn = divps sqrtsd cvttps2dq
;; expect when masked: exit == stop
;; expect when not masked and enabled: exit == XM and err == none
;; expect when not masked and not enabled: exit == UD
;; expect when not masked: rip & 0xffff == here & 0xffff and changed == {frame}
;; expect:   regs == {}
;; undefined: fx
%include "window.inc"
        mov xax, cr4
        and eax, ~0x400
        mov ecx, [enabled]
        shl ecx, 10
        or eax, ecx
        mov cr4, xax
        mov dword [DATA0], 0x1f80
        cmp dword [masked], 0
        jne .load
        mov dword [DATA0], 0x1d00       ; all masked but invalid operation and divide by zero
.load:  ldmxcsr [DATA0]
        mov dword [DATA0], 0xbf800000   ; -1.0
        mov dword [DATA0 + 4], 0xbff00000
        movups xmm1, [DATA0]
        pxor xmm2, xmm2
        mov dword [DATA0], 0x7fc00000
        mov dword [DATA0 + 4], 0x7fc00000
        movups xmm3, [DATA0]
        movaps xmm0, xmm1
        LAUNCH
here:
%ifidn insn, divps
        divps xmm1, xmm2
%elifidn insn, sqrtsd
        sqrtsd xmm4, xmm0
%else
        cvttps2dq xmm5, xmm3
%endif
        STOP
