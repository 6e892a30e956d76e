;; title:    In 64-bit mode PUSH and POP of CS DS ES SS are #UD
;; cite:     SDM 2B POP, 64-Bit Mode Exceptions; SDM 2B PUSH, 64-Bit Mode Exceptions; APM 3 POP, PUSH
;; modes:    long64
;; cpl:      0 3
;; variant:  opcode = 0x06 0x07 0x0e 0x16 0x17 0x1e 0x1f
;; expect:   exit == UD and rip == here and rsp == launch.rsp and changed <= {frame}
        LAUNCH
here:   db opcode
        STOP
