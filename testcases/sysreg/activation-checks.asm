;; title:    Paging cannot be turned on for IA-32e mode without PAE, from a code segment with L set, or with a
;;+          16-bit TSS: #GP(0), and the processor stays in legacy mode
;; cite:     SDM 3A 4.1.2 Paging-Mode Enabling; SDM 3A 9.8.5 Initializing IA-32e Mode; SDM 2B MOV-Move to/from
;;+          Control Registers, Protected Mode Exceptions; APM 2 14.6.2 Consistency Checks
;; modes:    pm32
;; requires: lm pae
;; variant:  wrong = no_pae code_l tss16
;; expect:   exit == GP and err == 0 and rip == here and cr0 == launch.cr0 and efer == launch.efer and efer & 0x500
;;+          == 0x100
        cpu all
        mov ecx, 0xc0000080
        rdmsr
        or ah, 1                        ; LME
        wrmsr
%ifnidn wrong, no_pae
        mov eax, cr4
        or eax, 0x20
        mov cr4, eax
%endif
%ifidn wrong, code_l
        SETDESC FREE0, 0xffff, 0x00ef9b00
        LAUNCH_SET cs, FREE0
%elifidn wrong, tss16
        SETDESC FREE0, (TSS & 0xffff) << 16 | 0x2b, 0x00008100 | TSS >> 16
        LAUNCH_SET tr, FREE0
%endif
        mov eax, cr0
        bts eax, 31
        LAUNCH
here:   mov cr0, eax
        STOP
