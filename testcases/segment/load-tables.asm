;; title:    LGDT takes 24 bits of the base with a 16-bit operand, 32 with a 32-bit one, 64 in 64-bit mode; SGDT
;;+          gives them back
;; cite:     SDM 2A LGDT/LIDT, Description and Operation; SDM 2B SGDT, Operation; APM 3 LGDT, LIDT
;; modes:    real unreal pm16 pm32 compat16 compat32 long64
;; cpl:      0
;; sweep:    base = 0x12345678 0xff000000 0x40000
;; sweep:    lim = 0x0 0x1ff 0xffff
;; variant:  table = gdt idt
;; variant:  size = o16 o32
;; expect:   exit == stop
;; expect when mode != long64 and size == o16: mem(DATA0 + 16, 6) == lim | (base & 0xffffff) << 16
;; expect when mode != long64 and size == o32: mem(DATA0 + 16, 6) == lim | base << 16
;; expect when mode == long64: mem(DATA0 + 16, 10) == lim | (base | 0xffff8765 << 32) << 16
        mov eax, [lim]
        mov [DATA0], ax
        mov eax, [base]
        mov [DATA0 + 2], eax
        mov dword [DATA0 + 6], 0xffff8765
        LAUNCH
        s %+ table [SEGOFF(DATA0 + 32)]
        size l %+ table [SEGOFF(DATA0)]
        s %+ table [SEGOFF(DATA0 + 16)]
%if WINDOW_BITS == 16
        o32 l %+ table [SEGOFF(DATA0 + 32)]
%else
        l %+ table [SEGOFF(DATA0 + 32)]
%endif
        STOP
