;; title:    A transfer to an offset beyond 0xffff in virtual-8086 mode is #GP(0) at the instruction, with nothing
;;+          popped
;; cite:     SDM 2A CALL, JMP; SDM 2B RET; SDM 2A IRET/IRETD/IRETQ, Virtual-8086 Mode Exceptions: #GP(0) if the
;;+          target offset is beyond the code segment limit
;; modes:    vm86
;; sweep:    offset = 0xfffe 0x10000 0x1a000 0xffff0000
;; variant:  insn = jmp_near jmp_far call_near call_far ret retf iret
;; expect when offset == 0xfffe: exit == UD and rip == 0xfffe
;; expect when offset > 0xffff: exit == GP and err == 0 and rip == here - ARENA and rsp == launch.rsp and regs == {}
;;+          and flags & ~0x10000 == launch.flags
        LAUNCH_SET flags, 0x23002
        mov word [DATA3 + 0xffe], 0x0b0f ; UD2 at offset 0xfffe
        mov eax, [offset]
        mov ebx, OFF(DATA0)
        mov [DATA0], eax
        mov word [DATA0 + 4], ARENA >> 4
        mov esp, STACK_TOP - 0x40
        mov [esp], eax
        mov dword [esp + 4], ARENA >> 4
        mov dword [esp + 8], 0x3002
        LAUNCH
here:
%ifidn insn, jmp_near
        jmp eax
%elifidn insn, jmp_far
        o32 jmp far [bx]
%elifidn insn, call_near
        call eax
%elifidn insn, call_far
        o32 call far [bx]
%else
        o32 insn
%endif
        STOP
