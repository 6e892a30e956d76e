;; title:    Without CR4.OSXSAVE the XSAVE instructions and AVX are #UD, at any CPL; CPUID.OSXSAVE follows the bit
;; cite:     SDM 1 13.2 Enumeration of CPU Support, 13.3 Enabling the XSAVE Feature Set; SDM 2D XSETBV, XGETBV,
;;+          XSAVE, XRSTOR, exceptions (#UD if CR4.OSXSAVE = 0; #NM if CR0.TS = 1); SDM 2A Table 2-18 Type 1-4
;;+          exceptions; APM 2 11.5
;; modes:    real pm16 pm32 compat32 long64
;; cpl:      0 3
;; requires: xsave avx
;; sweep:    enabled = 0 1
;; sweep:    ts = 0 1
;; variant:  insn = xgetbv xsetbv xsave xrstor vaddps cpuid
;; undefined: fx
;; undefined when insn == xsave: mem(DATA1, 1024)
;; expect when insn == cpuid: exit == stop and bit(rcx, 27) == enabled
;; expect when insn != cpuid and not enabled: exit == UD
;; expect when insn == vaddps and mode == real: exit == UD
;; expect when enabled and insn == xgetbv: exit == stop and rax & 0xffffffff == 7
;; expect when enabled and insn == xsetbv and launch_cpl == 0: exit == stop
;; expect when enabled and insn == xsetbv and launch_cpl != 0: exit == GP and err == 0
;; expect when enabled and insn in {xsave, xrstor} and ts: exit == NM
;; expect when enabled and insn in {xsave, xrstor} and not ts: exit == stop
;; expect when enabled and insn == vaddps and ts and mode != real: exit == NM
;; expect when enabled and insn == vaddps and not ts and mode != real: exit == stop
;; expect when exit != stop: rip & 0xffff == here & 0xffff and regs == {} and changed == {frame}
;; touches:  DATA1 0x400
%include "window.inc"
        mov xax, cr4
        or eax, 0x40000
        mov cr4, xax
        xor ecx, ecx
        xor edx, edx
        mov eax, 7
        xsetbv
        mov ecx, [enabled]
        xor ecx, 1
        shl ecx, 18
        mov xax, cr4
        xor eax, ecx
        mov cr4, xax
        mov ecx, [ts]
        shl ecx, 3
        mov xax, cr0
        or eax, ecx
        mov cr0, xax
        mov eax, 7
        xor edx, edx
        xor ecx, ecx
%ifidn insn, cpuid
        mov eax, 1
%endif
        LAUNCH
here:
%ifidn insn, xsave
        xsave [SEGOFF(DATA1)]
%elifidn insn, xrstor
        xrstor [SEGOFF(DATA1)]
%elifidn insn, vaddps
        vaddps xmm0, xmm1, xmm2
%else
        insn
%endif
%ifidn insn, cpuid
        and ecx, 0x8000000
        cmp eax, eax
        mov eax, 0
        mov ebx, 0
        mov edx, 0
%endif
        STOP
