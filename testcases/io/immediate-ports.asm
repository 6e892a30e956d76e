;; title:    IN and OUT by immediate and by DX reach the same port; IN AL keeps the rest of rAX
;; cite:     SDM 2A IN; SDM 2B OUT; APM 3 IN, OUT
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    latch = 0x00 0x5a 0xff
;; sweep:    garbage = 0x0 0xffff
;; variant:  write = imm dx
;; variant:  read = imm dx ins
;; expect:   exit == stop and rbx & 0xff == latch and rbx >> 8 == launch.rcx >> 8 and rdx == launch.rdx
        mov xcx, [garbage]
%if WINDOW_BITS == 64
        shl rcx, 48
%else
        shl ecx, 16
%endif
        mov cx, 0x1200
        mov edx, 0xa1                   ; mask of the second interrupt controller; the first one's is closed
        mov xdi, SEGOFF(DATA0)
        mov xax, [latch]
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
        mov word [TSS + 0x68 + 0x14], 0
%else
        LAUNCH_SET flags, 0x3002
%endif
        LAUNCH
%ifidn write, imm
        out 0xa1, al
%else
        out dx, al
%endif
%if MODE == MODE_LONG64
        mov rax, rcx
%else
        mov eax, ecx
%endif
%ifidn read, imm
        in al, 0xa1
%elifidn read, dx
        in al, dx
%else
        insb
        mov al, [SEGOFF(DATA0)]
%endif
%if MODE == MODE_LONG64
        mov rbx, rax
%else
        mov ebx, eax
%endif
        STOP
