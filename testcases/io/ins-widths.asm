;; title:    INSB, INSW and INSD store 1, 2 and 4 bytes an element and step by as much
;; cite:     SDM 2A INS/INSB/INSW/INSD, Operation; APM 3 INS
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    count = 0 1 2 3
;; sweep:    down = 0 1
;; variant:  insn = insb insw insd
;; variant:  prefix = rep repne
;; where:    prefix == rep or count == 2
;; expect:   exit == stop and rip & 0xffff == done & 0xffff and rax == launch.rax and rcx == 0 and rdx == launch.rdx
;; expect when insn == insb: rdi == launch.rdi + (-count if down else count)
;; expect when insn == insw: rdi == launch.rdi + (-2 * count if down else 2 * count)
;; expect when insn == insd: rdi == launch.rdi + (-4 * count if down else 4 * count)
;; expect when insn == insb and not down: mem(DATA0 + 16, 16) == 0x030201 & ((1 << 8 * count) - 1)
;; expect when insn == insb and down: mem(DATA0 + 7, 10) == (0x010203 >> 8 * (3 - count)) << 8 * (10 - count)
;; expect when insn == insw and not down: mem(DATA0 + 16, 16) == ((launch.rbx & 0xffff) * 0x100010001) &
;;+           ((1 << 16 * count) - 1)
;; expect when insn == insw and down: mem(DATA0 + 8, 10) == (((launch.rbx & 0xffff) * 0x100010001) >> 16 *
;;+           (3 - count)) << 16 * (5 - count)
;; expect when insn == insd and not down: mem(DATA0 + 16, 16) == (launch.rbx * 0x1000000010000000100000001) &
;;+           ((1 << 32 * count) - 1)
;; expect when insn == insd and down: mem(DATA0 + 4, 16) == ((launch.rbx * 0x1000000010000000100000001) << 32 *
;;+           (4 - count)) & ((1 << 128) - 1)
        mov dx, 0x3c8
        xor eax, eax
        out dx, al
        inc dx
        mov ecx, 12
.fill:  inc eax
        out dx, al
        loop .fill
        mov dx, 0x3c7                   ; reads start at entry 0
        xor eax, eax
        out dx, al
        mov dx, 0x3c9
        and edx, 0xffff
%ifnidn insn, insb
        mov edx, 0x360                  ; no port of every machine yields words: what IN gives here, INS stores
%ifidn insn, insw
        in ax, dx
%else
        in eax, dx
%endif
        mov ebx, eax
%endif
        mov xax, [down]
        shl eax, 10
%if MODE == MODE_VM86
        or eax, 0x23002
        mov word [TSS + 0x68 + 0x78], 0 ; the palette's ports are allowed
        mov word [TSS + 0x68 + 0x6c], 0 ; and 0x360
%else
        or eax, 0x3002
%endif
        LAUNCH_SET flags, xax
        mov xdi, SEGOFF(DATA0) + 16
        mov xcx, [count]
        mov eax, 0x5a5a5a5a
        LAUNCH
        prefix insn
done:   STOP
