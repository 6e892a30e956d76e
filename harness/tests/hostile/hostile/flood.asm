;; title:    One case in forty writes noise, false syncs among it, to the debug port
;; cite:     docs/record-format.md, Frame
;; modes:    long64
;; sweep:    n = 0..39
;; expect:   exit == stop and rip == done
        mov rax, [n]
        mov rsi, noise
        mov edx, 0xe9
        mov ebx, 200
        LAUNCH
        cmp eax, 23
        jne done
again:  mov ecx, 64
        mov esi, noise
        rep outsb
        dec ebx
        jnz again
done:   STOP
noise:  db 0xf5, 'RD1', 5, 0, 1, 0, 44, 0, 0, 0, 'not a record'
        times 48 db 0xa5
