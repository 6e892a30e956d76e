;; title:    INVD and WBINVD are carried out at any CPL
;; cite:     SDM 2A INVD; SDM 2D WBINVD, Protected Mode Exceptions; SDM 3A 5.9 Privileged Instructions
;; modes:    compat16
;; cpl:      3
;; requires: cpuid msr
;; variant:  insn = invd
        LAUNCH
        insn
        STOP
