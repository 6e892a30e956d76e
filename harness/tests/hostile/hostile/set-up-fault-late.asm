;; title:    One case in forty faults when its launch half has been taken, before its window opens
;; cite:     docs/record-format.md, RECORD
;; modes:    long64
;; sweep:    n = 0..39
;; expect:   exit == stop and rip == done
        mov xax, [n]
        mov [DATA0], xax
        cmp eax, 23
        jne good
        mov dword [LB_cr4], 1 << 31     ; reserved: SDM 3A, Control Registers
good:   LAUNCH
done:   STOP
