;; title:    IRET to a non-canonical RIP: #GP(0) before anything changes
;; cite:     SDM 2A IRET/IRETD/IRETQ, 64-Bit Mode Exceptions (#GP(0): return instruction pointer not canonical); APM 3 IRET
;; modes:    long64
;; cpl:      0 3
;; sweep:    high = 0x0 0x0000800000000000 0x0001000000000000 0x7fff000000000000 0x8000000000000000 0xffff000000000000
;; sweep:    outer = 0 1
;; where:    launch_cpl == 0 or outer == 0
;; expect when high == 0: exit == stop and rip == target
;; expect when high != 0: exit == GP and err == 0 and rip == iret_insn and cpl == launch_cpl and rsp == launch.rsp
        mov rsp, STACK_TOP - 40
        mov rax, target
        or rax, [high]
        mov [rsp], rax
        mov rax, [LB_cs]
        mov rbx, [LB_ss]
        cmp dword [outer], 0
        je .same
        mov eax, UCODE_ALT | 3
        mov ebx, UDATA | 3
.same:  mov [rsp + 8], rax
        mov qword [rsp + 16], 2
        mov qword [rsp + 24], STACK_TOP
        mov [rsp + 32], rbx
        LAUNCH
iret_insn:
        iretq
        STOP
target: STOP
