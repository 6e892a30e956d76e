;; title:    In IA-32e mode CR4.PAE cannot be cleared: #GP(0); nor CR0.PG in 64-bit mode
;; cite:     SDM 2B MOV-Move to/from Control Registers, Compatibility and 64-Bit Mode Exceptions; SDM 3A 4.1.2
;;+          Paging-Mode Enabling; APM 2 Long-Mode Consistency Checks
;; modes:    compat32 long64
;; variant:  what = pae paging paging_and_pe
;; where:    mode == long64 or what != paging
;; expect:   exit == GP and err == 0 and rip == here and cr0 == launch.cr0 and cr4 == launch.cr4
;; expect:   efer == launch.efer and regs == {} and changed == {frame}
%include "window.inc"
%ifidn what, pae
        mov rax, cr4
        and eax, ~0x20
%else
        mov rax, cr0
        btr rax, 31
 %ifidn what, paging_and_pe
        btr rax, 0
        bts rax, 31
 %endif
%endif
        LAUNCH
%ifidn what, pae
here:   mov cr4, wax
%else
here:   mov cr0, wax
%endif
        STOP
