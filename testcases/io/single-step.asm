;; title:    TF: a debug trap after every iteration of REP INS and REP OUTS, one with count 0; DR6.BS
;; cite:     SDM 3B Single-Step Exception Condition; SDM 2B REP, Description; SDM 3B Debug Status Register (DR6)
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    count = 0 1 2 3 5
;; sweep:    down = 0 1
;; variant:  insn = insb outsb outsw
;; expect:   exit == stop and rip & 0xffff == done & 0xffff and rcx == 0 and rax == launch.rax
;; expect:   nfault == (count if count else 1) and dr6 & 0x4fff == 0x4ff0
;; expect when count > 0: fault[0].vector == DB_ and fault[0].rip & 0xffff == (here if count > 1 else done) & 0xffff
;; expect when count > 1: fault[count - 1].rip & 0xffff == done & 0xffff
;; expect when count > 1: fault[count - 2].rip & 0xffff == here & 0xffff
;; expect when count == 0: fault[0].vector == DB_ and fault[0].rip & 0xffff == done & 0xffff
;; expect when insn == insb: rsi == launch.rsi and rdi == launch.rdi + (-count if down else count)
;; expect when insn == insb and not down: mem(DATA0 + 16, 16) == 0x0504030201 & ((1 << 8 * count) - 1)
;; expect when insn == insb and down: mem(DATA0 + 12, 5) == 0x0102030405 >> 8 * (5 - count) << 8 * (5 - count)
;; expect when insn == outsb: rdi == launch.rdi and rsi == launch.rsi + (-count if down else count)
;; expect when insn == outsw: rdi == launch.rdi and rsi == launch.rsi + (-2 * count if down else 2 * count)
        mov dx, 0x3c8
        xor eax, eax
        out dx, al
        inc dx
        mov ecx, 6
.fill:  inc eax
        out dx, al
        loop .fill
        mov dx, 0x3c7
        xor eax, eax
        out dx, al
%ifidn insn, insb
        mov edx, 0x3c9
%else
        mov edx, 0x360
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
        mov xsi, xdi
        mov xcx, [count]
        mov eax, 0x5a5a5a5a
        LAUNCH
        pushf
%if WINDOW_BITS == 16
        mov bp, sp
        or word [bp], 0x100
%elif WINDOW_BITS == 32
        or word [esp], 0x100
%else
        or word [rsp], 0x100
%endif
        popf                            ; TF counts from the next instruction on
here:   rep insn
done:   STOP
        SCRIPT
          ON 1
%if REAL_ADDRESSES
          RETURN 2
%else
          RETURN WORD_SIZE
%endif
        ENDSCRIPT
