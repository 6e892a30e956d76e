;; title:    AVX is #UD while XCR0 has not both SSE and AVX state; the legacy SSE forms do not ask XCR0
;; cite:     SDM 1 14.3 Detection of Intel AVX Instructions; SDM 2A 2.4 Instruction Exception Specification, Type 4;
;;+          APM 2 11.5.2
;; modes:    pm16 pm32 compat32 long64
;; cpl:      0
;; requires: xsave avx
;; sweep:    xcr0 = 1 3 7
;; variant:  insn = vaddps vmovups vzeroall addps
;; undefined: fx
;; expect when insn != addps and xcr0 != 7: exit == UD and rip & 0xffff == here & 0xffff
;; expect when insn == addps or xcr0 == 7: exit == stop
%include "window.inc"
        mov xax, cr4
        or eax, 0x40000
        mov cr4, xax
        xor ecx, ecx
        xor edx, edx
        mov eax, [xcr0]
        xsetbv
        LAUNCH
here:
%ifidn insn, vaddps
        vaddps ymm0, ymm1, ymm2
%elifidn insn, vmovups
        vmovups xmm1, [SEGOFF(DATA0)]
%elifidn insn, addps
        addps xmm0, xmm1
%else
        insn
%endif
        STOP
