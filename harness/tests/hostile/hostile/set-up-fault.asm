;; title:    One case in forty faults before its window opens
;; cite:     docs/record-format.md, RECORD
;; modes:    pm32 long64
;; sweep:    n = 0..39
;; expect:   exit == stop and rip == done
        mov xax, [n]
        cmp eax, 23
        jne good
        ud2
good:   LAUNCH
done:   STOP
