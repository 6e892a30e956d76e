;; title:    OUTSB writes the bytes of the string in order, from the segment of its override
;; why:      the other half of a REP INSB that lost a byte; OUTS alone honours overrides
;; cite:     SDM 2B OUTS/OUTSB/OUTSW/OUTSD, Operation; SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Operation; APM 3 OUTS
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    count = 0 3 6 12
;; sweep:    down = 0 1
;; variant:  asize = a16 a32 a64
;; variant:  seg = 0x90 0x26 0x2e 0x36 0x3e 0x64 0x65
;; where:    (mode == long64 and asize != a16) or (mode != long64 and asize != a64)
;; where:    mode not in {pm32, compat32} or asize != a16 or seg in {0x90, 0x64, 0x3e}
;; touches:  DATA0+0x40 64
;; expect:   exit == stop and rbx == launch.rax and rcx == 0 and rsi == launch.rsi + (-count if down else count)
;; expect:   rdi == launch.rdi
;; expect when not down and seg in {0x90, 0x2e, 0x36, 0x3e}: mem(DATA0 + 32, 12) ==
;;+     (0x0c0b0a090807060504030201 & ((1 << 8 * count) - 1)) | (0x2a2a2a2a2a2a2a2a2a2a2a2a >> 8 * count << 8 * count)
;; expect when not down and (seg in {0x64, 0x65} or (seg == 0x26 and mode != long64)): mem(DATA0 + 32, 12) ==
;;+     (0x1c1b1a191817161514131211 & ((1 << 8 * count) - 1)) | (0x2a2a2a2a2a2a2a2a2a2a2a2a >> 8 * count << 8 * count)
;; expect when not down and seg == 0x26 and mode == long64: mem(DATA0 + 32, 12) ==
;;+     (0x0c0b0a090807060504030201 & ((1 << 8 * count) - 1)) | (0x2a2a2a2a2a2a2a2a2a2a2a2a >> 8 * count << 8 * count)
;; expect when down and seg in {0x90, 0x2e, 0x36, 0x3e}: mem(DATA0 + 32, 12) ==
;;+     (0x0102030405060708090a0b0c & ((1 << 8 * count) - 1)) | (0x2a2a2a2a2a2a2a2a2a2a2a2a >> 8 * count << 8 * count)
;; expect when down and (seg in {0x64, 0x65} or (seg == 0x26 and mode != long64)): mem(DATA0 + 32, 12) ==
;;+     (0x1112131415161718191a1b1c & ((1 << 8 * count) - 1)) | (0x2a2a2a2a2a2a2a2a2a2a2a2a >> 8 * count << 8 * count)
;; expect when down and seg == 0x26 and mode == long64: mem(DATA0 + 32, 12) ==
;;+     (0x0102030405060708090a0b0c & ((1 << 8 * count) - 1)) | (0x2a2a2a2a2a2a2a2a2a2a2a2a >> 8 * count << 8 * count)
        mov dx, 0x3c8
        xor eax, eax
        out dx, al
        inc dx
        mov al, 0x2a
        mov ecx, 12
.fill:  out dx, al
        loop .fill
        dec dx
        xor eax, eax
        out dx, al
        inc dx                          ; writes start at entry 0
        mov ecx, 12
.data:  mov [DATA0 - 1 + xcx], cl
        lea eax, [xcx + 0x10]
        mov [DATA0 + 0x40 - 1 + xcx], al
        loop .data
%if REAL_ADDRESSES || MODE == MODE_VM86
        LAUNCH_SET es, (ARENA >> 4) + 4
        LAUNCH_SET fs, (ARENA >> 4) + 4
        LAUNCH_SET gs, (ARENA >> 4) + 4
        mov esi, OFF(DATA0)
%elif WINDOW_BITS == 16
        SETDESC FREE0, 0x0040ffff, 0x0000f304
        LAUNCH_SET es, FREE0 | 3
        LAUNCH_SET fs, FREE0 | 3
        LAUNCH_SET gs, FREE0 | 3
        mov esi, OFF(DATA0)
%elifidn asize, a16
        SETDESC FREE0, 0x0040ffff, 0x0000f304
        LAUNCH_SET ds, UDATA16 | 3
        LAUNCH_SET fs, FREE0 | 3
        mov esi, OFF(DATA0)
%else
        SETDESC FREE0, 0x0040ffff, 0x00cff300
        LAUNCH_SET es, FREE0 | 3
%if WINDOW_BITS == 64
        LAUNCH_SET ds, FREE0 | 3        ; its base counts for nothing
%endif
        LAUNCH_SET fs, FREE0 | 3
        LAUNCH_SET gs, FREE0 | 3
        mov xsi, DATA0
%endif
        mov xax, [down]
        mov edi, eax
        imul edi, edi, 11
        add esi, edi
        shl eax, 10
%if MODE == MODE_VM86
        or eax, 0x23002
        mov word [TSS + 0x68 + 0x78], 0 ; the palette's ports are allowed
%else
        or eax, 0x3002
%endif
        LAUNCH_SET flags, xax
        mov xcx, [count]
%if WINDOW_BITS == 64
        mov rax, -1
%else
        mov eax, -1
%endif
        LAUNCH
        db seg
        asize rep outsb
%if WINDOW_BITS == 64
        mov rbx, rax
%else
        mov ebx, eax
%endif
%ifidn asize, a16
%define TO(x) OFF(x)
%else
%define TO(x) SEGOFF(x)
%endif
        mov dx, 0x3c7
        mov al, 0
        out dx, al
        mov dx, 0x3c9
%assign i 0
%rep 12
        in al, dx
        mov [TO(DATA0) + 0x20 + i], al
%assign i i + 1
%endrep
        xor eax, eax
        STOP
