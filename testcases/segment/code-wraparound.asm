;; title:    Code of 16 bits does not go on from offset FFFFh to 0: an instruction across it, and the one behind it, are #GP
;; cite:     SDM 3B Segment Wraparound; SDM 3A Limit Checking; SDM 3A 20.1.1 Address Translation in Real-Address Mode
;; modes:    real vm86 pm16 compat16
;; cpl:      0 3
;; sweep:    behind = 0 2
;; expect:   exit == GP
;; expect when behind == 0: rip & 0xffff == 0 and rax == 0x55662211
;; expect when behind != 0: rip & 0xffff == 0xfffd + behind and regs == {}
        mov ebx, 0xfffd
        add ebx, [behind]
        mov word [ARENA + xbx], 0x11b8  ; mov ax, 0x2211
        mov byte [ARENA + xbx + 2], 0x22
        mov eax, 0x55667788
        LAUNCH
        jmp bx
        STOP
