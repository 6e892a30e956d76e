;; title:    CLTS clears CR0.TS and nothing else, and the next FPU instruction is no #NM
;; cite:     SDM 2A CLTS, Operation; APM 3 CLTS
;; modes:    real unreal pm16 pm32 pm32-pae compat16 compat32 long64
;; sweep:    ts = 0 1
;; sweep:    em = 0 1
;; variant:  clear = yes no
;; undefined: fx
;; expect when ts and clear == no or em: exit == NM and rip & 0xffff == after & 0xffff
;; expect when (not ts or clear == yes) and not em: exit == stop
;; expect:   cr0 == launch.cr0 & ~(8 if clear == yes else 0) and regs == {} and flags.zf == launch.flags.zf
%include "window.inc"
        mov xax, cr0
        mov ecx, [ts]
        shl ecx, 1
        or ecx, [em]
        shl ecx, 2
        or eax, ecx
        mov cr0, xax
        LAUNCH
%ifidn clear, yes
        clts
%endif
after:  fnop
        STOP
