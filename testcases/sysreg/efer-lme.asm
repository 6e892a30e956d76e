;; title:    EFER.LME cannot change while paging is on: #GP(0); with paging off it can, and LMA stays clear
;; cite:     SDM 3A 4.1.2 Paging-Mode Enabling; APM 2 14.6.2 Consistency Checks
;; modes:    real pm32 pm32-p32 pm32-pae compat32 long64
;; requires: msr lm
;; expect when mode in {pm32-p32, pm32-pae, compat32, long64}: exit == GP and err == 0 and rip == here and efer ==
;;+          launch.efer
;; expect when mode in {real, pm32}: exit == stop and efer == launch.efer | 0x100
%include "window.inc"
        mov ecx, 0xc0000080
        rdmsr
        xor ah, 1
        LAUNCH
here:   wrmsr
        STOP
