;; title:    AMD's SYSCALL outside 64-bit mode: EIP and CS from STAR in legacy mode, CSTAR in compatibility mode;
;;+          RCX is EIP
;; cite:     APM 3 SYSCALL, Action (LEGACY_MODE: EIP from STAR, VM, IF
;;+          and RF cleared; compatibility mode: RIP from CSTAR,
;;+          R11, SFMASK)
;; modes:    pm16 pm32 pm32-p32 pm32-pae compat16 compat32
;; cpl:      0 3
;; requires: amd syscall
;; sweep:    base = 0x8 0xb 0x160 0x3fb
;; sweep:    eflags = 0x2 0x202 0x403 0x3ed7
;; sweep:    mask = 0x0 0x401
;; where:    mode in {compat16, compat32} or mask == 0
;; expect:   exit == stop and rip == entry and cpl == 0 and cs == base & 0xfffc and ss & 0xfffc == (base & 0xfffc) + 8
;; expect:   rcx & 0xffff == after & 0xffff and regs <= {rcx, r11}
;; expect when mode in {compat16, compat32}: r11 == launch.flags and flags & ~0x10000 == (launch.flags & ~mask) | 2
;; expect when mode not in {compat16, compat32}: flags & ~0x10000 == launch.flags & ~0x200
        mov ecx, 0xc0000080
        rdmsr
        or eax, 1
        wrmsr
        mov ecx, 0xc0000081
        mov eax, entry
        mov edx, [base]
        wrmsr
%if HOME == 64
        mov ecx, 0xc0000083
        xor edx, edx
        wrmsr
        mov ecx, 0xc0000081
        mov eax, DATA0                  ; legacy mode's target is not used
        mov edx, [base]
        wrmsr
        mov ecx, 0xc0000084
        mov eax, [mask]
        xor edx, edx
        wrmsr
%endif
        mov xax, [eflags]
        LAUNCH_SET flags, xax
        mov ecx, 0x02020202
        mov edx, 0x03030303
        mov eax, 0x01010101
        LAUNCH
        syscall
after:  STOP
entry:  STOP
