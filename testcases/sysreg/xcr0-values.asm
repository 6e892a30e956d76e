;; title:    XSETBV: XCR0 must have x87, AVX not without SSE, no reserved bit, and ECX be 0, else #GP(0); above CPL
;;+          0 #GP(0)
;; cite:     SDM 2D XSETBV, Operation and Protected Mode Exceptions; SDM 1 13.3 Enabling the XSAVE Feature Set and
;;+          XSAVE-Enabled Features; APM 2 11.5.2 XFEATURE_ENABLED_MASK; APM 3 XSETBV
;; modes:    real pm16 pm32 compat32 long64
;; cpl:      0 3
;; requires: xsave avx
;; sweep:    low = 1 3 7 0 2 4 5 6 0x101 0x407 0x807 0x4007 0x8007 0x80000007
;; sweep:    high = 0 0x1 0x80000000
;; sweep:    index = 0 1 0x80000000
;; where:    high == 0 or low == 7
;; where:    index == 0 or (low == 7 and high == 0)
;; where:    launch_cpl == 0 or low in {7, 0}
;; expect when launch_cpl == 0 and low in {1, 3, 7} and high == 0 and index == 0: exit == stop and rbx & 0xffffffff
;;+          == low and rsi & 0xffffffff == 0
;; expect when launch_cpl != 0 or low not in {1, 3, 7} or high != 0 or index != 0: exit == GP and rip & 0xffff ==
;;+          here & 0xffff and regs == {}
;; expect when exit == GP and mode != real: err == 0
%include "window.inc"
        mov xax, cr4
        or eax, 0x40000
        mov cr4, xax
        xor ecx, ecx
        xor edx, edx
        mov eax, 7
        xsetbv
        mov ecx, [index]
        mov edx, [high]
        mov eax, [low]
        LAUNCH
here:   xsetbv
        xgetbv
        mov ebx, eax
        mov esi, edx
        mov eax, 7
        xsetbv
        STOP
