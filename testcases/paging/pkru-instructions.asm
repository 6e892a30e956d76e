;; title:    RDPKRU and WRPKRU: #UD without CR4.PKE, #GP(0) for ECX, and for EDX of WRPKRU, that are not 0; any CPL may use them
;; why:      an emulator that looks at the upper half of RCX, or leaves EDX as it was
;; cite:     SDM 2B RDPKRU, Operation and Exceptions; SDM 2C WRPKRU, Operation and Exceptions; APM 3 RDPKRU; APM 3 WRPKRU
;; modes:    pm32 pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; requires: pku
;; sweep:    pke = 0 1
;; sweep:    count = 0 1 0x80000000
;; sweep:    data = 0 1 0x80000000
;; sweep:    upper = 0 0xffffffff
;; variant:  insn = rdpkru wrpkru
;; variant:  prefix = plain locked
;; where:    mode == long64 or upper == 0
;; expect when not pke or prefix == locked: exit == UD and rip == spot and regs == {}
;; expect when pke and prefix == plain and (count or data and insn == wrpkru): exit == GP and err == 0 and rip == spot and regs == {}
;; expect when pke and prefix == plain and not count and insn == rdpkru: exit == stop and rip == done and rax == 0xa5a5a5a4 and rdx == 0
;; expect when pke and prefix == plain and not count and not data and insn == wrpkru: exit == stop and rip == done
;;+          and rbx & 0xffffffff == 0x5a5a5a58
%include "walk.inc"
        cpu all
        CR4_BIT CR4_PKE, 1
        mov eax, 0xa5a5a5a4
        xor ecx, ecx
        xor edx, edx
        db 0x0f, 0x01, 0xef
        CR4_BIT CR4_PKE, [pke]
        mov eax, [upper]
%if HOME == 64
        mov rcx, rax
        shl rcx, 32
        mov rdx, rcx
        mov rax, rcx
%endif
        mov esi, [count]
        or xcx, xsi
        mov esi, [data]
%if HOME == 64
        or rdx, rsi
        mov esi, 0x5a5a5a58
        or rax, rsi
%else
        mov edx, esi
        mov eax, 0x5a5a5a58
        mov ecx, [count]
%endif
        LAUNCH
spot:
%ifidn prefix, locked
        lock
%endif
%ifidn insn, rdpkru
        db 0x0f, 0x01, 0xee
%else
        db 0x0f, 0x01, 0xef
        xor eax, eax
        db 0x0f, 0x01, 0xee
        mov ebx, eax
%endif
done:   STOP
