;; title:    IRETW, IRETD and IRETQ pop slots of 2, 4 and 8 bytes; 64-bit mode always pops SS:RSP
;; why:      pushing RSP after other pushes saves the wrong value; an emulator popped no SS:RSP at equal privilege
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (IA-32e-MODE-RETURN); SDM 3A 64-Bit Mode Stack Frame
;; modes:    long64
;; cpl:      0 3
;; sweep:    new_rsp = 0x49800 0x49801 0x49a08 0x4c7f8
;; variant:  insn = iretd iretq
;; variant:  built = stores pushes
;; touches:  STACK+0x780 128
;; touches:  STACK+0x9c0 64
;; touches:  DATA0+0x780 128
;; expect:   exit == stop and rip == target and cpl == launch_cpl and ss == launch.ss
;; expect:   rsp == new_rsp
%ifidn insn, iretq
%define SLOT 8
%else
%define SLOT 4
%endif
        mov rbx, [new_rsp]
        mov rcx, [LB_cs]
        mov rdx, [LB_ss]
%ifidn built, stores
        mov rsp, STACK_TOP - 5 * SLOT
        mov dword [rsp], target
        mov [rsp + SLOT], ecx
        mov dword [rsp + 2 * SLOT], 2
        mov [rsp + 3 * SLOT], ebx
        mov [rsp + 4 * SLOT], edx
%elifidn insn, iretq
        push rdx
        push rbx
        push 2
        push rcx
        push target
%else
        shl rdx, 32                     ; 4-byte slots by 8-byte pushes
        or rdx, rbx
        push rdx
        shl rcx, 32
        add rcx, target
        mov rax, 2
        sub rsp, 4
        mov dword [rsp], 2
        push rcx
%endif
        LAUNCH
        insn
        STOP
target: STOP
