;; title:    AMD's SYSRET outside 64-bit mode goes to 32-bit code at CPL 3: EIP from ECX, CS and SS from STAR
;; cite:     APM 3 SYSRET, Action (else branch: CS.sel = STAR.SYSRET_CS OR 3, 32-bit code;
;;+          IF is set, no flag comes from R11)
;; modes:    pm16 pm32 pm32-p32 compat16 compat32
;; cpl:      0 3
;; requires: amd syscall
;; sweep:    base = 0x60 0x63 0x160
;; sweep:    r11_low = 0x2 0x4d7
;; expect when launch_cpl == 0: exit == stop and rip == target and cpl == 3 and cs == base | 3
;;+          and ss & 0xfffc == (base & 0xfffc) + 8 and rsp == launch.rsp
;; expect when launch_cpl == 0: flags & ~0x10000 == launch.flags | 0x200
;; expect when launch_cpl == 3: exit == GP and err == 0 and rip & 0xffff == here & 0xffff
;; expect:   regs == {}
        mov ecx, 0xc0000080
        rdmsr
        or eax, 1
        wrmsr
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, [base]
        shl edx, 16
        wrmsr
        LAUNCH_SET flags, 0x802
%if HOME == 64
        mov r11d, [r11_low]
%endif
        mov eax, 0x01010101
        mov edx, 0x03030303
        mov ecx, target
        LAUNCH
here:   sysret
        STOP
target: STOP
