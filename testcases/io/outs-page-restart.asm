;; title:    REP OUTS from a page that is absent at first: fault exact, every byte written once and in order
;; cite:     SDM 2B OUTS; SDM 2B REP, Operation; SDM 3A Interrupt 14-Page-Fault Exception (#PF)
;; modes:    pm32-p32 compat32 long64
;; cpl:      0 3
;; sweep:    before = 0 1 2 3 5 6
;; sweep:    down = 0 1
;; sweep:    rights = 0x0 0x6 0x3 0x5
;; touches:  DATA0+0xfc0 128
;; touches:  DATA2 64
;; expect:   exit == stop and rcx == 0 and rsi == launch.rsi + (-6 if down else 6) and rdi == launch.rdi
;; expect when before < 6 and (rights & 1 == 0 or (rights == 3 and launch_cpl == 3)): nfault == 1
;;+           and fault[0].vector == PF and fault[0].rip == insn and fault[0].cr2 ==
;;+           (DATA0 + 0xfff if down else DATA1)
;;+           and fault[0].err == (4 if launch_cpl == 3 else 0) | (rights & 1)
;; expect when before == 6 or rights == 5 or (rights == 3 and launch_cpl == 0): nfault == 0
;; expect:   mem(DATA2, 6) == 0x060504030201 and mem(DATA2 + 6, 6) == 0x2a2a2a2a2a2a
        mov dx, 0x3c8
        xor eax, eax
        out dx, al
        inc dx
        mov al, 0x2a
        mov ecx, 12
.fill:  out dx, al
        loop .fill
        dec dx
        xor eax, eax
        out dx, al
        mov edx, 0x3c9                  ; writes start at entry 0
        LAUNCH_SET flags, 0x3002
        mov xbx, [rights]
        mov ecx, 6
        mov xsi, DATA1
        cmp dword [down], 0
        jne .down
        sub xsi, [before]
        mov xdi, xsi
.up1:   inc eax
        mov [xdi], al
        inc xdi
        loop .up1
        or ebx, DATA1
        SETPTE DATA1, ebx
        jmp .set
.down:  add xsi, [before]
        dec xsi
        mov xdi, xsi
.down1: inc eax
        mov [xdi], al
        dec xdi
        loop .down1
        or ebx, DATA0
        SETPTE DATA0, ebx
        LAUNCH_SET flags, 0x3402
.set:   mov ecx, 6
        xor eax, eax
        LAUNCH
insn:   rep outsb
        mov dx, 0x3c7
        mov al, 0
        out dx, al
        mov dx, 0x3c9
%assign i 0
%rep 12
        in al, dx
        mov [DATA2 + i], al
%assign i i + 1
%endrep
        STOP
        SCRIPT
          ON 14
            STORE PTE(DATA0), 4, DATA0|7
            STORE PTE(DATA1), 4, DATA1|7
            DROPERR
          RETURN WORD_SIZE
        ENDSCRIPT
