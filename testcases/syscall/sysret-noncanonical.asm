;; title:    SYSRET to a non-canonical RCX faults before the switch on Intel, after it on AMD
;; why:      a kernel that returns to a user-chosen RIP runs its #GP handler on the user's stack (CVE-2012-0217)
;; cite:     SDM 2B SYSRET, Operation; SDM 2B SYSRET, 64-Bit Mode Exceptions; APM 3 SYSRET
;; modes:    long64
;; requires: syscall
;; sweep:    high = 0x0 0x0000800000000000 0x0001000000000000 0x4000000000000000 0x8000000000000000 0xffff000000000000 0xfffe800000000000
;; variant:  opsize = o32 o64
;; expect when opsize == o32 or high == 0: exit == stop and cpl == 3 and rip == target
;; expect intel when opsize == o64 and high != 0: exit == GP and err == 0 and cpl == 0 and rip == sysret_insn
;; expect intel when opsize == o64 and high != 0: ss == KDATA and rsp == launch.rsp and changed == {frame}
;; expect amd when opsize == o64 and high != 0: exit == GP and err == 0 and cpl == 3 and rip == target | high
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, UCODE32 << 16
        wrmsr
        mov ecx, target
        or rcx, [high]
        mov r11d, 2
        LAUNCH
sysret_insn:
        opsize sysret
        STOP
target: STOP
