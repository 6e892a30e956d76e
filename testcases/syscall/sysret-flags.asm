;; title:    SYSRET loads RFLAGS from R11 without RF, VM and reserved bits
;; cite:     SDM 2B SYSRET, Operation: RFLAGS := (R11 & 3C7FD7H) | 2; APM 3 SYSRET
;; modes:    long64
;; requires: syscall
;; sweep:    low = 0x0 0x1 0x2 0x4 0x8 0x10 0x20 0x40 0x80 0x200 0x400 0x800 0x1000 0x2000 0x3000 0x4000 0x8000 0xfeff
;; sweep:    high = 0x0 0x1 0x2 0x3 0x4 0x8 0x10 0x20 0x3f 0xffc0 0xffff 0xffffffff0000
;; variant:  opsize = o32 o64
;; expect:   exit == stop and cpl == 3 and rip == target
;; expect:   flags & ~0x10000 == ((low | high << 16) & 0x3c7fd7) | 2
;; expect:   regs == {} and r11 == launch.r11 and rcx == launch.rcx
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, UCODE32 << 16
        wrmsr
        mov ecx, target
        mov r11, [high]
        shl r11, 16
        or r11, [low]
        LAUNCH
        opsize sysret
        STOP
target: STOP
