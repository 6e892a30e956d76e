;; title:    IN and OUT by immediate and by DX reach the same port; IN AL keeps the rest of rAX
;; cite:     SDM 2A IN; SDM 2B OUT; APM 3 IN, OUT
;; modes:    real pm32 long64
;; cpl:      0 3
;; sweep:    latch = 0x00 0x5a 0xff
;; sweep:    garbage = 0x0 0xffff
;; variant:  write = imm dx
;; variant:  read = imm dx ins
;; expect:   exit == stop and rbx & 0xff == latch and rbx >> 8 == launch.rcx >> 8 and rdx == launch.rdx
        mov xcx, [garbage]
        shl xcx, WORD_SIZE * 8 - 16
        mov cx, 0x1200
        mov edx, 0xa1                   ; mask of the second interrupt controller; the first one's is closed
%if MODE == MODE_REAL
        mov edi, OFF(DATA0)
%else
        mov xdi, DATA0
%endif
        mov xax, [latch]
        LAUNCH_SET flags, 0x3002
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
%if MODE == MODE_REAL
        mov al, [OFF(DATA0)]
%else
        mov al, [DATA0]
%endif
%endif
%if MODE == MODE_LONG64
        mov rbx, rax
%else
        mov ebx, eax
%endif
        STOP
