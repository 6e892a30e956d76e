;; title:    In protected mode an absent inner stack ends in shutdown: #PF, #DF and again #PF meet the same stack
;; why:      an emulator that delivers the #DF on the outer stack, or ignores the fault of the frame, goes on
;; cite:     SDM 3A Interrupt 8-Double Fault Exception (#DF)
;; modes:    pm32-p32 pm32-pae
;; cpl:      3
;; sweep:    above = 2 20
;; ends:     shutdown
;; expect:   exit == shutdown
        mov eax, DATA3
        add eax, [above]
        mov [TSS + 4], eax
        SETPTE DATA3, 0
        mov eax, [VECTORS]              ; an interrupt gate for the double fault, on the same stack
        mov edx, [VECTORS + 4]
        add eax, 8 * 32
        mov [GATE(8)], eax
        mov [GATE(8) + 4], edx
        LAUNCH
        int INT_KIT
        STOP
