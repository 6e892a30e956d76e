;; title:    MOV from a segment register zero-extends into a 32 or 64-bit register, changes 16 bits of a 16-bit one
;;+          and
;;+          writes 2 bytes of memory whatever the operand size
;; cite:     SDM 2B MOV, Description (segment register to r32, r64, memory); APM 3 MOV
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  sreg = 0 1 2 3 4 5
;; variant:  size = 2 4 8
;; variant:  to = reg mem
;; where:    size != 8 or mode == long64
;; expect:   exit == stop and rdi == launch.rdi
;; expect when to == reg and size == 2: rbx == launch.rbx & ~0xffff | rbx & 0xffff
;; expect when to == reg and size != 2: rbx >> 16 == 0
;; expect when to == reg and sreg == 1: rbx & 0xffff == cs
;; expect when to == reg and sreg == 2: rbx & 0xffff == ss
;; expect when to == reg and sreg == 3: rbx & 0xffff == ds
;; expect when to == mem: mem(DATA0, 8) == 0x5a5a5a5a5a5a0000 | mem(DATA0, 2) and rbx == launch.rbx
;; expect when to == mem and sreg == 0: mem(DATA0, 2) == es
;; expect when to == mem and sreg == 4: mem(DATA0, 2) == fs
;; expect when to == mem and sreg == 5: mem(DATA0, 2) == gs
        mov dword [DATA0], 0x5a5a5a5a
        mov dword [DATA0 + 4], 0x5a5a5a5a
        mov xdi, SEGOFF(DATA0)
        mov ebx, 0xdddddddd
%if HOME == 64
        mov rbx, 0xeeeeeeeedddddddd
%endif
        LAUNCH
%if (size == 2 && WINDOW_BITS != 16) || (size == 4 && WINDOW_BITS == 16)
        db 0x66
%endif
%if size == 8
        db 0x48
%endif
        db 0x8c
%ifidn to, reg
        db 0xc3 | sreg << 3
%elif WINDOW_BITS == 16
        db 0x05 | sreg << 3             ; [di]
%else
        db 0x07 | sreg << 3             ; [edi]
%endif
        STOP
