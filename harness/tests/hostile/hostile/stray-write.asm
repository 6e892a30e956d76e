;; title:    One case in a hundred writes to a part of the arena that nobody watches
;; cite:     DESIGN.md, In the guest, 5
;; modes:    pm32 long64
;; sweep:    n = 0..99
;; expect:   exit == stop and rip == done
        mov xax, [n]
        LAUNCH
        cmp eax, 57
        jne done
        mov dword [ARENA + 0xd40], 0x600df00d
done:   STOP
