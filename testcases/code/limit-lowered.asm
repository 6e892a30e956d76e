;; title:    Code that has run under one code segment runs under another one up to that one's limit, in the midst of it
;; why:      an emulator checks the limit when it decodes, and finds what it has decoded by its address
;; cite:     SDM 3A 5.3 Limit Checking; APM 2 4.12.2 Determining Limit Violations
;; modes:    pm32 pm32-p32 pm32-pae compat32
;; cpl:      0
;; sweep:    last = 0..3
;; expect:   exit == GP and err == 0 and rip == there + last + 1 and cs == FREE0
;; expect:   rax == 4 and rbx == (4 if last >= 1 else 3) and rdx == (4 if last >= 2 else 3) and rbp == (4 if last >= 3 else 3)
        mov eax, [last]
        add eax, (CODE + 0x200) & 0xffff
        SETDESC FREE0, eax, 0x00409b00 | (CODE & 0xf0000)
        xor eax, eax
        xor ebx, ebx
        xor edx, edx
        xor ebp, ebp
        mov ecx, 3                      ; an emulator links code once it has met it twice
        LAUNCH_AT CODE + 0x200
there:  inc eax
        inc ebx
        inc edx
        inc ebp
        jmp back
        times 0x280 - ($ - $$) nop
back:   dec ecx
        js beyond
        jnz there
        jmp FREE0:there
beyond: STOP
