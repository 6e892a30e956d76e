;; title:    CLI, STI, PUSHF, POPF and IRET in virtual-8086 mode below IOPL 3 are #GP(0), at either operand size
;; cite:     SDM 3B Sensitive Instructions; SDM 2A CLI; SDM 2B STI, PUSHF/PUSHFD/PUSHFQ, POPF/POPFD/POPFQ;
;;+          SDM 2A IRET/IRETD/IRETQ, Virtual-8086 Mode Exceptions
;; modes:    vm86
;; sweep:    iopl = 0 1 2 3
;; sweep:    old_if = 0 1
;; variant:  insn = cli sti pushf popf iret
;; variant:  width = o16 o32
;; where:    width == o16 or insn not in {cli, sti}
;; expect when iopl < 3: exit == GP and err == 0 and rip == here - ARENA and flags.if == old_if and rsp == launch.rsp
;;+          and regs == {} and flags.vif == 0
;; expect when iopl == 3: exit == stop and rip == (target if insn == iret else after) - ARENA and flags.vm == 1
;;+          and flags.iopl == 3
;; expect when iopl == 3 and insn == cli: flags.if == 0
;; expect when iopl == 3 and insn in {sti, popf, iret}: flags.if == 1
;; expect when iopl == 3 and insn == pushf and width == o16: rsp == launch.rsp - 2
;;+          and mem(ARENA + rsp, 2) == launch.flags & 0xffff
;; expect when iopl == 3 and insn == pushf and width == o32: rsp == launch.rsp - 4
;;+          and mem(ARENA + rsp, 4) == launch.flags & 0xffff
        mov eax, [iopl]
        shl eax, 3
        or eax, [old_if]
        shl eax, 9
        or eax, 0x208c3
        LAUNCH_SET flags, eax
        mov esp, STACK_TOP - 0x40
%ifidn insn, popf
        mov dword [esp], 0x202
%elifidn width, o16
        mov word [esp], OFF(target)
        mov word [esp + 2], ARENA >> 4
        mov dword [esp + 4], 0x202
%else
        mov dword [esp], OFF(target)
        mov dword [esp + 4], ARENA >> 4
        mov dword [esp + 8], 0x202
%endif
        mov eax, 0x01010101
        LAUNCH
here:
%ifidn insn, cli
        cli
%elifidn insn, sti
        sti
        nop
%else
        width insn
%endif
after:  STOP
target: STOP
