;; title:    IA32_PAT takes the six memory types alone: WRMSR with a reserved one in any of its bytes is #GP(0)
;; cite:     SDM 3A 11.12.2 IA32_PAT MSR, Table 11-10; SDM 3A 11.12.4 Programming the PAT; APM 2 7.8.1 PAT Register
;; modes:    real pm32 compat32 long64
;; requires: pat
;; sweep:    type = 0 1 2 3 4 5 6 7 8 0x10 0x80 0xff
;; sweep:    entry = 0 3 4 7
;; expect when type in {0, 1, 4, 5, 6, 7}: exit == stop
;; expect when type not in {0, 1, 4, 5, 6, 7}: exit == GP and rip & 0xffff == here & 0xffff and regs == {}
;; expect when exit == GP and mode != real: err == 0
%include "window.inc"
        mov ecx, 0x277
        rdmsr
        mov esi, eax
        mov edi, edx
        mov ebx, [type]
        cmp dword [entry], 4
        jae .high
        mov ecx, [entry]
        shl ecx, 3
        rol ebx, cl
        mov ebp, 0xff
        rol ebp, cl
        not ebp
        and eax, ebp
        or eax, ebx
        jmp .set
.high:  mov ecx, [entry]
        sub ecx, 4
        shl ecx, 3
        rol ebx, cl
        mov ebp, 0xff
        rol ebp, cl
        not ebp
        and edx, ebp
        or edx, ebx
.set:   mov ecx, 0x277
        LAUNCH
here:   wrmsr
        mov eax, esi
        mov edx, edi
        wrmsr
        STOP
