;; title:    INSB stores what the port yields, in order, and changes rDI and rCX only, in every address size
;; why:      a hypervisor's REP INSB lost the first byte and left data in RAX
;; cite:     SDM 2A INS/INSB/INSW/INSD, Operation; SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Operation; APM 3 INS
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; sweep:    count = 0 1 2 3 6 11 12
;; sweep:    down = 0 1
;; sweep:    garbage = 0 1
;; variant:  asize = a16 a32 a64
;; variant:  prefix = rep once
;; where:    (mode == long64 and asize != a16) or (mode != long64 and asize != a64)
;; where:    prefix == rep or count == 3
;; where:    not garbage or asize == a16 or (mode == long64 and asize == a32 and count != 0)
;; expect:   exit == stop and rip & 0xffff == done & 0xffff and rax == launch.rax and rdx == 0x3c9 and rsi
;;+           == launch.rsi
;; expect:   mem(DATA0, 16) == 0 and mem(DATA0 + 32, 16) == 0
;; expect when mode not in {real, unreal}: changed <= {frame, DATA0}
;; expect:   flags & ~0x10000 == launch.flags & ~0x10000
;; expect when prefix == rep and not down: mem(DATA0 + 16, 16) == 0x0c0b0a090807060504030201 & ((1 << 8 * count) - 1)
;; expect when prefix == rep and down: mem(DATA0 + 16, 16) == (0x0102030405060708090a0b0c >> 8 *
;;+           (12 - count)) << 8 * (16 - count)
;; expect when prefix == once: mem(DATA0 + 16, 16) == (1 << 8 * 15 if down else 1)
;; expect when asize == a16 and prefix == rep: rcx == 0x56780000 * garbage and rdi == launch.rdi +
;;+           (-count if down else count)
;; expect when asize != a16 and prefix == rep: rcx == 0 and rdi == (launch.rdi & 0xffffffff) +
;;+           (-count if down else count)
;; expect when prefix == once: rcx == launch.rcx and rdi == (launch.rdi & (0xffffffffffffffff if asize
;;+           == a16 else 0xffffffff)) + (-1 if down else 1)
        mov dx, 0x3c8
        xor eax, eax
        out dx, al
        inc dx
        mov ecx, 12
.fill:  inc eax
        out dx, al
        loop .fill
        mov dx, 0x3c7
        xor eax, eax
        out dx, al
        mov dx, 0x3c9
        and edx, 0xffff
        mov xax, [down]
        shl eax, 10
%if MODE == MODE_VM86
        or eax, 0x23002
        mov word [TSS + 0x68 + 0x78], 0 ; the palette's ports are allowed
%else
        or eax, 0x3002
%endif
        LAUNCH_SET flags, xax
        mov xdi, [down]
        imul edi, edi, 15
%if WINDOW_BITS == 16
        add edi, OFF(DATA0) + 0x10
%elifidn asize, a16
        add edi, OFF(DATA0) + 0x10
        LAUNCH_SET es, UDATA16 | 3
%else
        add edi, DATA0 + 0x10
%endif
        mov xcx, [count]
        cmp dword [garbage], 0
        je .clean
%ifidn asize, a16
        or edi, 0x12340000
        or ecx, 0x56780000
%elif HOME == 64
        mov rax, 0x1234567800000000
        or rdi, rax
        or rcx, rax
%endif
.clean:
%if WINDOW_BITS == 64
        mov rax, -1
%else
        mov eax, -1
%endif
        LAUNCH
%ifidn prefix, rep
        asize rep insb
%else
        asize insb
%endif
done:   STOP
