;; title:    A far transfer in virtual-8086 mode loads any CS: base is 16 times it, CPL stays 3
;; cite:     SDM 2A CALL, JMP, Operation (real-address or virtual-8086 mode); SDM 2B RET, Operation; SDM 2A
;;+          IRET/IRETD/IRETQ, Operation (RETURN-FROM-VIRTUAL-8086-MODE)
;; modes:    vm86
;; sweep:    sel = 0x3b02 0x3fff 0x4000 0x4001 0x4a00 0x4a01
;; variant:  insn = jmp call retf iret
;; variant:  width = o16 o32
;; expect:   exit == stop and cs == sel and rip == target - (sel << 4) and cpl == 3 and flags.vm == 1
;; expect when insn == jmp: rsp == launch.rsp
;; expect when insn == call: rsp == launch.rsp - (4 if width == o16 else 8) and mem(ARENA + rsp, 2) == after - ARENA
;;+          and mem(ARENA + rsp + (2 if width == o16 else 4), 2) == launch.cs
;; expect when insn == retf: rsp == launch.rsp + (4 if width == o16 else 8)
;; expect when insn == iret: rsp == launch.rsp + (6 if width == o16 else 12)
        LAUNCH_SET flags, 0x23002
        mov ecx, [sel]
        mov eax, ecx
        shl eax, 4
        neg eax
        add eax, target
        mov ebx, OFF(DATA0)
        mov esp, STACK_TOP - 0x40
%ifidn width, o16
        mov [DATA0], ax
        mov [DATA0 + 2], cx
        mov [esp], ax
        mov [esp + 2], cx
        mov word [esp + 4], 0x3002
%else
        mov [DATA0], eax
        mov [DATA0 + 4], cx
        mov [esp], eax
        mov [esp + 4], ecx
        mov dword [esp + 8], 0x3002
%endif
        LAUNCH
%ifidn insn, jmp
        width jmp far [bx]
%elifidn insn, call
        width call far [bx]
%else
        width insn
%endif
after:  STOP
        align 16
        times 32 nop
target: STOP
