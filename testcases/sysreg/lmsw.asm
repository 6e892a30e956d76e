;; title:    LMSW writes CR0[3:1] and can set PE but not clear it; the rest of its operand and of CR0 is not looked
;;+          at
;; cite:     SDM 2A LMSW, Operation and Description; APM 3 LMSW
;; modes:    real pm16 pm32 pm32-p32 compat16 compat32 long64
;; sweep:    low = 0..15
;; sweep:    above = 0 0xfff0 0xffff0010
;; variant:  from = reg mem
;; variant:  opsize = o16 o32
;; where:    mode != real or low & 1 == 0
;; where:    from == reg or opsize == o16
;; expect:   exit == stop and cr0 == launch.cr0 & ~0xe | low & 0xe and regs == {}
%include "window.inc"
        mov eax, [low]
        or eax, [above]
        mov [DATA0], eax
        LAUNCH
%ifidn from, reg
        opsize lmsw ax
%else
        lmsw [SEGOFF(DATA0)]
%endif
        STOP
