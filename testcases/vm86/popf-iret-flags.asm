;; title:    POPF and IRET in virtual-8086 mode at IOPL 3 keep VM, IOPL, VIF and VIP, whatever the image says
;; cite:     SDM 2B POPF/POPFD/POPFQ, Operation and table "Effect of POPF/POPFD on the EFLAGS Register"; SDM 2A
;;+          IRET/IRETD/IRETQ, Operation (RETURN-FROM-VIRTUAL-8086-MODE)
;; modes:    vm86
;; sweep:    image = 0x2 0x3 0x202 0x8d7 0x1002 0x3002 0x4002 0x8002 0x40002 0x80002 0x100002 0x200002 0x24028
;; sweep:    old = 0x23002 0x23202 0x23cd7 0x63002 0x223002 0xa3002
;; variant:  insn = popf iret
;; variant:  width = o16 o32
;; expect:   exit == stop and rip == target - ARENA and cpl == 3 and flags.iopl == 3 and flags.vm == 1
;; expect:   flags & 0x4fd7 == (image & 0x4fd5) | 2
;; expect when width == o16: flags & 0x240000 == old & 0x240000
;; expect when width == o32: flags & 0x240000 == image & 0x240000
;; expect:   flags.vif == bit(old, 19) and flags.vip == 0
        mov eax, [old]
        LAUNCH_SET flags, eax
        mov esp, STACK_TOP - 0x40
        mov eax, [image]
%ifidn insn, popf
 %ifidn width, o16
        mov [esp], ax
 %else
        mov [esp], eax
 %endif
%elifidn width, o16
        mov word [esp], OFF(target)
        mov word [esp + 2], ARENA >> 4
        mov [esp + 4], ax
%else
        mov dword [esp], OFF(target)
        mov dword [esp + 4], ARENA >> 4
        mov [esp + 8], eax
%endif
        LAUNCH
        width insn
target: STOP
