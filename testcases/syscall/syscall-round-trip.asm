;; title:    SYSCALL then SYSRET gives every flag back; AC checks alignment at CPL 3 only
;; why:      AC leaked through an entry trampoline: #AC in the kernel, or none in the program
;; cite:     SDM 2B SYSCALL, Operation; SDM 2B SYSRET, Operation; SDM 3A Interrupt 17-Alignment Check Exception (#AC)
;; modes:    long64
;; cpl:      3
;; requires: syscall
;; sweep:    low = 0x2 0x3 0x402 0x802 0xed7 0x3002 0x4002
;; sweep:    ac = 0 1
;; sweep:    am = 0 1
;; sweep:    mask = 0x0 0x40000 0x257fd5
;; sweep:    misaligned = 0 1
;; expect when not (ac and am and misaligned): exit == stop and cpl == 3 and rip == done
;; expect when not (ac and am and misaligned): flags & ~0x10000 == launch.flags
;; expect when ac and am and misaligned: exit == AC and err == 0 and cpl == 3 and rip == touch
;; expect:   r15 == 0x1234
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, KCODE | UCODE32 << 16
        wrmsr
        mov ecx, 0xc0000082
        mov eax, entry
        xor edx, edx
        wrmsr
        mov ecx, 0xc0000084
        mov eax, [mask]
        xor edx, edx
        wrmsr
        mov rax, cr0
        and rax, ~0x40000
        mov rbx, [am]
        shl rbx, 18
        or rax, rbx
        LAUNCH_SET cr0, rax
        mov rax, [ac]
        shl rax, 18
        or rax, [low]
        LAUNCH_SET flags, rax
        mov rsi, [misaligned]
        lea rsi, [rsi + DATA0]
        mov dword [DATA0], 0x1234
        mov dword [DATA0 + 1], 0x1234
        cmp rsi, DATA0
        jne .set
        mov dword [DATA0], 0x1234
.set:   mov edi, DATA0 + 0x11
        xor r15d, r15d
        LAUNCH
        syscall
touch:  mov eax, [rsi]
done:   STOP
entry:  mov r15d, [DATA0 + 1]           ; misaligned at CPL 0: never #AC
        mov r15d, 0x1234
        o64 sysret
