;; title:    One case in forty never ends
;; cite:     docs/runner-protocol.md
;; modes:    real long64
;; sweep:    n = 0..39
;; expect when n != 23: exit == stop
        mov xax, [n]
        LAUNCH
        cmp eax, 23
        jne done
here:   jmp here
done:   STOP
