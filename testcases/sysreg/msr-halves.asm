;; title:    RDMSR clears the upper halves of RAX and RDX; RDMSR and WRMSR take ECX, EAX and EDX, whatever is above
;;+          them
;; cite:     SDM 2B RDMSR, Description; SDM 2D WRMSR, Description; APM 3 RDMSR, WRMSR
;; modes:    long64
;; sweep:    junk = 0 1 0x80000000 0xffffffff
;; sweep:    value = 0 0x89abcdef
;; variant:  insn = rdmsr wrmsr
;; expect:   exit == stop and kernel_gs_base == (0xffffffff << 32 | value if value else 0x7fff << 32)
;; expect when insn == rdmsr: rax == value and rdx == kernel_gs_base >> 32 and rcx == junk << 32 | 0xc0000102
;; expect when insn == wrmsr: regs == {}
        mov ecx, 0xc0000102
        mov eax, [value]
        mov edx, 0x7fff
        test eax, eax
        jz .value
        mov edx, -1
.value:
%ifidn insn, rdmsr
        wrmsr
        mov eax, 0x55555555
        mov edx, 0x66666666
%endif
        mov ebx, [junk]
        shl rbx, 32
        or rcx, rbx
        or rax, rbx
        or rdx, rbx
        LAUNCH
        insn
        STOP
