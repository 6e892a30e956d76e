;; title:    One case in forty removes its own page tables or double-fault stack and dies
;; cite:     DESIGN.md, In the guest, 3
;; modes:    pm32-p32 pm32-pae long64
;; sweep:    n = 0..39
;; expect when n != 23: exit == stop and rip == done
;; expect when n == 23: exit == shutdown
        mov xax, [n]
        LAUNCH
        cmp eax, 23
        jne done
        mov dword [PT_TOP], 0
        mov xax, cr3
        mov cr3, xax
done:   STOP
