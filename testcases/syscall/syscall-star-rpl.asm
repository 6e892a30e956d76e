;; title:    SYSCALL clears the RPL of CS and takes SS from STAR as it stands
;; cite:     SDM 2B SYSCALL, Operation: CS.Selector := IA32_STAR[47:32] AND FFFCH; SS.Selector := IA32_STAR[47:32] + 8;
;;+          APM 3 SYSCALL, Action (SS.sel = MSR_STAR.SYSCALL_CS + 8)
;; modes:    long64
;; cpl:      3
;; requires: syscall
;; sweep:    base = 0x0 0x4 0x8 0xb 0x18 0x60 0x63 0x160 0x1f8 0x200 0xfffc
;; expect:   exit == stop and cpl == 0 and rip == entry
;; expect:   cs == base & 0xfffc
;; expect:   ss == (base + 8) & 0xffff
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, [base]
        wrmsr
        mov ecx, 0xc0000082
        mov eax, entry
        xor edx, edx
        wrmsr
        LAUNCH
        syscall
        STOP
entry:  STOP
