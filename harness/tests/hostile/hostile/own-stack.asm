;; title:    One case in forty has no stack to fault on: the double fault has its own
;; cite:     SDM 3A 6.14.5 Interrupt Stack Table
;; modes:    long64
;; sweep:    n = 0..39
;; expect when n != 23: exit == stop and rip == done
;; expect when n == 23: exit == DF and err == 0
        mov rax, [n]
        mov rbx, 0x8000000000000000
        LAUNCH
        cmp eax, 23
        jne done
        mov rsp, rbx
done:   STOP
