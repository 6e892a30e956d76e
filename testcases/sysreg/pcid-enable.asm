;; title:    CR4.PCIDE can be set in IA-32e mode alone, and only with CR3[11:0] = 0
;; cite:     SDM 2B MOV-Move to/from Control Registers, Protected, Compatibility and 64-Bit Mode Exceptions; SDM 3A
;;+          4.10.1 Process-Context Identifiers (PCIDs)
;; modes:    real pm32 pm32-pae compat32 long64
;; requires: pcid
;; sweep:    low = 0 1 8 16 0x800 0xfff
;; where:    mode in {compat32, long64} or low == 0
;; expect when mode in {compat32, long64} and low == 0: exit == stop and cr4 == launch.cr4 | 1 << 17
;; expect when mode not in {compat32, long64} or low != 0: exit == GP and err in {0, none} and rip & 0xffff == here
;;+          & 0xffff and cr4 == launch.cr4
;; expect:   cr3 == launch.cr3 | low
%include "window.inc"
        mov edx, [low]
        mov xax, [LB_cr3]
        or edx, eax
        LAUNCH
%if REAL_ADDRESSES == 0
        mov cr3, wdx
%endif
        mov wax, cr4
        bts wax, 17
here:   mov cr4, wax
        STOP
