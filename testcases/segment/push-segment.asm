;; title:    PUSH of a segment register moves the stack pointer by the operand size and writes the selector
;; why:      Intel's processors leave the upper half of a 32-bit slot alone, AMD's clear it
;; cite:     SDM 2B PUSH, Description (segment register with a 16, 32 and 64-bit operand size) and Operation; APM 3
;;+          PUSH
;; modes:    real unreal vm86 pm16 pm32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; variant:  reg = CS SS DS ES FS GS
;; variant:  size = 2 4 8
;; where:    size != 4 if mode == long64 else size != 8
;; where:    mode != long64 or reg in {FS, GS}
;; undefined intel: rsi mem(STACK_TOP - 4, 4) mem(STACK_TOP - 8, 4)
;; expect:   exit == stop and rsp == launch.rsp - size and rcx == rbx and rbx != launch.rbx
;; expect when size == 2: rdx == 0x5a5a
;; expect when size == 8: rdx == 0
;; expect amd when size == 4: rsi == 0
        mov eax, 0x5a5a5a5a
        mov [STACK_TOP - 8], eax
        mov [STACK_TOP - 4], eax
        xor ebx, ebx
        xor ecx, ecx
        xor edx, edx
        xor esi, esi
        LAUNCH
%if size == 2
        o16 push reg
%elif size == 4
        o32 push reg
%else
        push reg
%endif
        mov bx, reg
        mov cx, [SEGOFF(STACK_TOP - size)]
%if size == 2
        mov dx, [SEGOFF(STACK_TOP - 4)]
%elif size == 4
        mov si, [SEGOFF(STACK_TOP - 2)]
%else
        mov dx, [SEGOFF(STACK_TOP - 6)]
        or edx, [SEGOFF(STACK_TOP - 4)]
%endif
        STOP
