;; title:    REP INS into a page that is absent or read-only at first: fault exact, progress exact, order kept
;; why:      a restart must lose nothing; the manual lets the byte read from the port be lost with the write, no more
;; cite:     SDM 2A INS (may read from the port without writing to memory if the write faults); SDM 2B REP, Operation;
;;+           SDM 3A Interrupt 14-Page-Fault Exception (#PF)
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; sweep:    before = 0 1 3 5
;; sweep:    behind = 0 1 6
;; sweep:    down = 0 1
;; sweep:    rights = 0x0 0x5 0x3
;; where:    rights != 3 or launch_cpl == 3
;; touches:  DATA0+0xfc0 128
;; expect:   exit == stop and rcx == 0 and rdi == launch.rdi + (-1 if down else 1) * (before + behind)
;; expect:   rax == launch.rax and rdx == launch.rdx and rsi == launch.rsi and nfault == (1 if behind else 0)
;; expect when behind != 0: fault[0].vector == PF and fault[0].rip == insn
;; expect when behind != 0: fault[0].cr2 == (DATA0 + 0xfff if down else DATA1)
;; expect when behind != 0: fault[0].err == 2 | (4 if launch_cpl == 3 else 0) | (rights & 1)
;; expect when not down: mem(DATA0 + 0xff0, 16) == (0x0504030201 & ((1 << 8 * before) - 1)) << 8 * (16 - before)
;; expect when down: mem(DATA1, 16) == 0x0102030405 >> 8 * (5 - before)
;; expect when not down: mem(DATA1, 16) in {(0x0c0b0a090807060504030201 >> 8 * before) & ((1 << 8 * behind) - 1),
;;+           (0x0c0b0a090807060504030201 >> 8 * before + 8) & ((1 << 8 * behind) - 1)}
;; expect when down: mem(DATA0 + 0xff8, 8) in {(0x0102030405060708090a0b0c0d0e >> 8 *
;;+           (6 - before) & 0xffffffffffffffff)
;;+           >> 8 * (8 - behind) << 8 * (8 - behind), (0x0102030405060708090a0b0c0d0e >> 8 * (5 - before)
;;+           & 0xffffffffffffffff) >> 8 * (8 - behind) << 8 * (8 - behind)}
        mov dx, 0x3c8
        xor eax, eax
        out dx, al
        inc dx
        mov ecx, 24
.fill:  inc eax
        out dx, al
        loop .fill
        mov dx, 0x3c7
        xor eax, eax
        out dx, al
        mov edx, 0x3c9
        LAUNCH_SET flags, 0x3002
        mov xdi, DATA1
        mov xcx, [before]
        mov xax, [rights]
        cmp dword [down], 0
        jne .down
        sub xdi, xcx
        or eax, DATA1
        SETPTE DATA1, eax
        jmp .set
.down:  lea xdi, [xdi + xcx - 1]
        or eax, DATA0
        SETPTE DATA0, eax
        LAUNCH_SET flags, 0x3402
.set:   add xcx, [behind]
        mov eax, -1
        LAUNCH
insn:   rep insb
        STOP
        SCRIPT
          ON 14
            STORE PTE(DATA0), 4, DATA0|7
            STORE PTE(DATA1), 4, DATA1|7
            DROPERR
          RETURN WORD_SIZE
        ENDSCRIPT
