;; title:    A case of the first batch writes to a part of the arena that nobody watches
;; cite:     DESIGN.md, In the guest, 5
;; modes:    pm32
;; sweep:    n = 0..3
;; expect:   exit == stop and rip == done
        mov xax, [n]
        LAUNCH
        cmp eax, 1
        jne done
        mov dword [ARENA + 0xd40], 0x600df00d
done:   STOP
