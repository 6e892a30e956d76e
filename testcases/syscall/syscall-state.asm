;; title:    SYSCALL keeps everything but RCX, R11, RIP, RFLAGS, CS and SS
;; why:      a hypervisor's entry trampoline clobbered R11 and let AC leak into the kernel
;; cite:     SDM 2B SYSCALL, Operation; APM 3 SYSCALL
;; modes:    long64
;; cpl:      0 3
;; requires: syscall
;; sweep:    low = 0x2 0x3 0x6 0x12 0x42 0x82 0x202 0x402 0x802 0xed7 0x1002 0x3002 0x4002 0x7ed7
;; sweep:    high = 0x0 0x4 0x20 0x24
;; sweep:    mask = 0x0 0x1 0x200 0x400 0x3000 0x4000 0x40000 0x200000 0x47700 0x257fd5 0xffffffff
;; expect:   exit == stop and cpl == 0 and rip == entry
;; expect:   rcx == after
;; expect:   r11 == launch.flags
;; expect:   flags & ~0x10000 == (launch.flags & ~mask) | 2
;; expect:   cs == KCODE and ss == KDATA
;; expect:   rsp == launch.rsp
;; expect:   regs <= {rcx, r11}
;; expect:   changed == {frame}
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, KCODE
        wrmsr
        mov ecx, 0xc0000082
        mov eax, entry
        xor edx, edx
        wrmsr
        mov ecx, 0xc0000084
        mov eax, [mask]
        xor edx, edx
        wrmsr
        mov rax, [high]
        shl rax, 16
        or rax, [low]
        LAUNCH_SET flags, rax
        LAUNCH
        syscall
after:  STOP
entry:  STOP
