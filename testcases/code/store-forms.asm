;; title:    Whatever instruction stores over code that has run, the next jump there runs the new bytes
;; why:      an emulator tells stores into translated code by the page's write permission; every kind of store has to pass there
;; cite:     SDM 3A 8.1.3 Handling Self- and Cross-Modifying Code (option 1: store, jump, execute); SDM 3A 11.6
;;+          Self-Modifying Code; APM 2 7.6.1 Cache Organization and Operation
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; requires: sse2
;; requires long64: cx16
;; variant:  insn = mov8 mov16 mov32 mov64 moffs xchg xadd cmpxchg cmpxchg8b cmpxchg16b or8 add16 bts not8 stosb stosw
;;+          rep_stosd rep_movsb rep_movsd down_movsb push pusha pop movaps movups movntdq movq movlps movd movnti
;;+          maskmovdqu fstp_qword fstp_tword fistp fxsave rep_insb
;; where:    mode == long64 or (insn != mov64 and insn != cmpxchg16b and insn != fxsave)
;; where:    mode != long64 or insn != pusha
;; where:    insn != rep_insb or cpl == 0
;; touches:  CODE+0x1c0 128
;; undefined when insn == fxsave: mem(CODE + 0x70, 0x190)
;; expect:   exit == stop and rip & 0xffff == done & 0xffff and rbp == 0x101
;; expect when insn != rep_insb: mem(CODE + 0x200, 2) == 0x7eeb
;; expect when insn == rep_insb: mem(CODE + 0x200, 2) == 0x3eeb
        ; SLOT is `jmp short old`; what is stored there is `jmp short new`, one bit apart
%include "selfmod.inc"
%define SLOT SEGOFF(CODE + 0x200)
%if HOME == 32
        cpu p4
%endif
        mov xax, cr4
        or eax, 0x200
        mov cr4, xax
%ifidn insn, rep_insb
        mov dx, 0x3c8                   ; the DAC's first entry: the new displacement
        xor eax, eax
        out dx, al
        inc dx
        mov al, 0x3e
        out dx, al
        out dx, al
        out dx, al
        mov dx, 0x3c7
        xor eax, eax
        out dx, al
%endif
        mov eax, 0x90907eeb
        mov xdi, DATA0
        mov ecx, 4
        rep stosd
        mov dword [DATA1], 0x0000ffff   ; MASKMOVDQU: the first two bytes
        mov word [DATA0 + 0x20], 0x7eeb ; as floating point: the integer 7EEBh
        xor ebp, ebp
        LAUNCH_AT CODE + 0x200
        jmp short old
        times 0x240 - ($ - $$) nop
        jmp new
        times 0x270 - ($ - $$) nop
old:    inc ebp
        jmp patch
        times 0x280 - ($ - $$) nop
new:    add ebp, 0x100
done:   STOP

patch:  cmp ebp, 2
        je stale
        mov edi, SLOT
        mov esi, SEGOFF(DATA0)
        mov eax, 0x90907eeb
%ifidn insn, mov8
        mov byte [SLOT + 1], 0x7e
%elifidn insn, mov16
        mov [SLOT], ax
%elifidn insn, mov32
        mov dword [SLOT], 0x90907eeb
%elifidn insn, mov64
        mov [SLOT], rax
%elifidn insn, moffs
        db 0xa3                         ; MOV moffs
 %if WINDOW_BITS == 64
        dq SLOT
 %elif WINDOW_BITS == 32
        dd SLOT
 %else
        dw SLOT
 %endif
%elifidn insn, xchg
        xchg [SLOT], eax
%elifidn insn, xadd
        mov ecx, 0x1000
        lock xadd [SLOT], cx
%elifidn insn, cmpxchg
        mov ecx, eax
        mov eax, [SLOT]
        lock cmpxchg [SLOT], ecx
%elifidn insn, cmpxchg8b
        mov ebx, eax
        mov ecx, eax
        mov eax, [SLOT]
        mov edx, [SLOT + 4]
        lock cmpxchg8b [SLOT]
%elifidn insn, cmpxchg16b
        mov rbx, rax
        mov rcx, rax
        mov rax, [SLOT]
        mov rdx, [SLOT + 8]
        lock cmpxchg16b [SLOT]
%elifidn insn, or8
        or byte [SLOT + 1], 0x10
%elifidn insn, add16
        add word [SLOT], 0x1000
%elifidn insn, bts
        bts word [SLOT], 12
%elifidn insn, not8
        mov byte [SLOT + 1], 0x81
        not byte [SLOT + 1]
%elifidn insn, stosb
        mov al, 0x7e
        inc edi
        stosb
%elifidn insn, stosw
        stosw
%elifidn insn, rep_stosd
        mov ecx, 4
        rep stosd
%elifidn insn, rep_movsb
        mov ecx, 16
        rep movsb
%elifidn insn, rep_movsd
        mov ecx, 4
        rep movsd
%elifidn insn, down_movsb
        std
        mov ecx, 16
        add edi, 15
        add esi, 15
        rep movsb
        cld
%elifidn insn, push
        mov wcx, wsp
        mov wsp, SLOT + WINDOW_WORD
        push wax
        mov wsp, wcx
%elifidn insn, pusha
        mov wcx, wsp
        mov wsp, SLOT + 8 * WINDOW_WORD
        mov edi, eax
        pusha
        mov wsp, wcx
%elifidn insn, pop
        push wax
        pop wword [SLOT]
%elifidn insn, movaps
        movaps xmm0, [SEGOFF(DATA0)]
        movaps [SLOT], xmm0
        pxor xmm0, xmm0
%elifidn insn, movups
        movups xmm0, [SEGOFF(DATA0)]
        movups [SLOT], xmm0
        pxor xmm0, xmm0
%elifidn insn, movntdq
        movdqa xmm0, [SEGOFF(DATA0)]
        movntdq [SLOT], xmm0
        sfence
        pxor xmm0, xmm0
%elifidn insn, movq
        movq xmm0, [SEGOFF(DATA0)]
        movq [SLOT], xmm0
        pxor xmm0, xmm0
%elifidn insn, movlps
        movlps xmm0, [SEGOFF(DATA0)]
        movlps [SLOT], xmm0
        pxor xmm0, xmm0
%elifidn insn, movd
        movd xmm0, [SEGOFF(DATA0)]
        movd [SLOT], xmm0
        pxor xmm0, xmm0
%elifidn insn, movnti
        movnti [SLOT], eax
        sfence
%elifidn insn, maskmovdqu
        movdqa xmm0, [SEGOFF(DATA0)]
        movdqa xmm1, [SEGOFF(DATA1)]
        maskmovdqu xmm0, xmm1
        sfence
        pxor xmm0, xmm0
        pxor xmm1, xmm1
%elifidn insn, fstp_qword
        fld qword [SEGOFF(DATA0)]
        fstp qword [SLOT]
        fldz                            ; what it leaves behind is 0 again
        fstp st0
        fninit
%elifidn insn, fstp_tword
        fld tword [SEGOFF(DATA0)]
        fstp tword [SLOT]
        fldz                            ; what it leaves behind is 0 again
        fstp st0
        fninit
%elifidn insn, fistp
        fild word [SEGOFF(DATA0) + 0x20]
        fistp word [SLOT]
        fldz                            ; what it leaves behind is 0 again
        fstp st0
        fninit
%elifidn insn, fxsave
        movaps xmm15, [SEGOFF(DATA0)]
        o64 fxsave [SLOT - 400]
        pxor xmm15, xmm15
%elifidn insn, rep_insb
        mov dx, 0x3c9
        mov ecx, 1
        inc edi
        rep insb
%endif
        jmp near __launch
stale:  STOP
