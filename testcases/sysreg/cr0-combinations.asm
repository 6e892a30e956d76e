;; title:    CR0: PG without PE, NW without CD, PE cleared under paging, and bits 63:32 are #GP(0); nothing changes
;; cite:     SDM 2B MOV-Move to/from Control Registers, exceptions of all modes; SDM 3A 2.5 Control Registers; APM 3
;;+          MOV CRn, Exceptions
;; modes:    real pm32 pm32-p32 pm32-pae compat32 long64
;; requires: cpuid
;; sweep:    set = 0 0x20000000 0x80000000 0xa0000000
;; sweep:    clear = 0 1 0x40000000
;; sweep:    high = 0 1 0x80000000
;; where:    mode == long64 or high == 0
;; where:    high != 0 or set & 0x20000000 and clear & 0x40000000 or (set & 0x80000000 or mode not in {real, pm32})
;;+          and (clear & 1 or mode == real)
;; expect:   exit == GP and rip & 0xffff == here & 0xffff and cr0 == launch.cr0 and regs == {}
;; expect when mode != real: err == 0
%include "window.inc"
        mov xax, [LB_cr0]
        mov ecx, [clear]
        not ecx
        and eax, ecx
        or eax, [set]
%if HOME == 64
        mov ecx, [high]
        shl rcx, 32
        or rax, rcx
%endif
        LAUNCH
here:   mov cr0, wax
        STOP
