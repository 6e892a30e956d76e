;; title:    A gather that faults has recorded in its mask what it has done, and goes on from there
;; why:      an emulator starts again from the first element, and reads what has changed meanwhile
;; cite:     SDM 2C VPGATHERDD/VPGATHERDQ, Description (faults are delivered in a right-to-left manner; the mask operand)
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; requires: avx2
;; sweep:    absent = 0 1 2 3
;; sweep:    masked = 0 1
;; touches:  DATA2 0x40
;; expect when masked == 0: nfault == 1 and fault[0].vector == PF and fault[0].rip == gather and fault[0].cr2 == DATA1 + 4
;;+          and fault[0].err & 2 == 0
;; expect when masked == 1: nfault == 0
;; expect:   exit == stop and regs == {}
;; expect when masked == 0: mem(DATA2, 4) == (0x11111111 if absent != 0 else 0x77777777)
;; expect when masked == 0: mem(DATA2 + absent * 4, 4) == 0x77777777
;; expect when masked == 1: mem(DATA2 + absent * 4, 4) == 0x5a5a5a5a
;; expect:   mem(DATA2 + 0x10, 16) == 0
        ; elements at DATA0 + 0x10 .. 0x40, that of [absent] at DATA1 + 4
        mov dword [DATA0 + 0x10], 0x11111111
        mov dword [DATA0 + 0x20], 0x22222222
        mov dword [DATA0 + 0x30], 0x33333333
        mov dword [DATA0 + 0x40], 0x44444444
        mov dword [DATA1 + 4], 0x77777777
        mov dword [DATA3], 0x10
        mov dword [DATA3 + 4], 0x20
        mov dword [DATA3 + 8], 0x30
        mov dword [DATA3 + 12], 0x40
        mov eax, -1
        mov [DATA3 + 0x10], eax
        mov [DATA3 + 0x14], eax
        mov [DATA3 + 0x18], eax
        mov [DATA3 + 0x1c], eax
        mov eax, 0x5a5a5a5a
        mov [DATA3 + 0x20], eax
        mov [DATA3 + 0x24], eax
        mov [DATA3 + 0x28], eax
        mov [DATA3 + 0x2c], eax
        mov ecx, [absent]
        mov dword [DATA3 + xcx * 4], DATA1 + 4 - DATA0
        cmp dword [masked], 0
        je .all
        mov dword [DATA3 + 0x10 + xcx * 4], 0x7fffffff
.all:
%if HOME == 32
        cpu p4
%endif
        mov xax, cr4
        or eax, 0x40000
        mov cr4, xax
        xor ecx, ecx
        xor edx, edx
        mov eax, 7
        db 0x0f, 0x01, 0xd1             ; XSETBV: x87, SSE and AVX state
        SETPTE DATA1, DATA1 | 6
        mov ebx, DATA0
        LAUNCH
        cpu all
        movdqu xmm2, [DATA3]
        movdqu xmm3, [DATA3 + 0x10]
        movdqu xmm1, [DATA3 + 0x20]
gather:
%if WINDOW_BITS == 64
        vpgatherdd xmm1, [rbx + xmm2], xmm3
%else
        vpgatherdd xmm1, [ebx + xmm2], xmm3
%endif
        movdqu [DATA2], xmm1
        movdqu [DATA2 + 0x10], xmm3
        STOP
        SCRIPT
          ON 14, nth 1
            STORE PTE(DATA1), 4, DATA1 | 7
            STORE DATA0 + 0x10, 4, 0x99999999
            DROPERR
          RETURN WORD_SIZE
        ENDSCRIPT
