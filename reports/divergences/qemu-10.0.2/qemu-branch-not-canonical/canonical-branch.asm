;; title:    A near branch to an address that is not canonical is taken, and the fetch there faults
;; cite:     SDM 2A JMP, Operation; SDM 2A CALL, 64-Bit Mode Exceptions; SDM 2B RET, 64-Bit Mode Exceptions; APM 3 JMP (Near), Exceptions
;; modes:    long64
;; cpl:      0
        LAUNCH
        jmp rsi
        STOP
