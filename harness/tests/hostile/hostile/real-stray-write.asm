;; title:    The same in real mode, below the launch stack
;; cite:     DESIGN.md, In the guest, 5
;; modes:    real
;; sweep:    n = 0..99
;; expect:   exit == stop
        mov eax, [n]
        LAUNCH
        cmp eax, 57
        jne done
        mov dword [0xd40], 0x600df00d
done:   STOP
