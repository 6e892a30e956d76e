;; title:    IRET changes IOPL at CPL 0 only and IF where CPL <= IOPL; VM, VIF and VIP only at CPL 0
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (RETURN-TO-SAME-PRIVILEGE-LEVEL); APM 3 IRET
;; modes:    pm16 pm32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; sweep:    iopl = 0 1 2 3
;; sweep:    old_if = 0 1
;; sweep:    image = 0x2 0x3 0x202 0x3002 0x3202 0xcd7 0x4002 0x1202 0x2002 0x40002 0x200002 0x8002 0x28
;; variant:  insn = iretd iretq
;; where:    mode == long64 or insn == iretd
;; expect:   exit == stop and rip & 0xffff == target & 0xffff and cpl == launch_cpl
;; expect:   flags & 0x244dd5 == image & 0x244dd5 and flags & 0x802a == 2
;; expect when launch_cpl == 0: flags.iopl == (image >> 12) & 3
;; expect when launch_cpl != 0: flags.iopl == iopl
;; expect when launch_cpl <= iopl: flags.if == (image >> 9) & 1
;; expect when launch_cpl > iopl: flags.if == old_if
%ifidn insn, iretq
%define SLOT 8
%else
%define SLOT 4
%endif
        mov xsp, STACK_TOP - 5 * SLOT
        mov dword [xsp], SEGOFF(target)
        mov xax, [LB_cs]
        mov [xsp + SLOT], eax
        mov eax, [image]
        mov [xsp + 2 * SLOT], eax
        mov dword [xsp + 3 * SLOT], STACK_TOP
        mov xax, [LB_ss]
        mov [xsp + 4 * SLOT], eax
        mov eax, [iopl]
        shl eax, 12
        mov ebx, [old_if]
        shl ebx, 9
        lea eax, [xax + xbx + 2]
        LAUNCH_SET flags, xax
        LAUNCH
%ifidn insn, iretq
        iretq
%else
        o32 iret
%endif
        STOP
target: STOP
