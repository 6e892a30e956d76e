;; title:    With CR4.VME, 16-bit POPF and IRET below IOPL 3 load VIF from IF; TF, or IF with VIP pending, is #GP(0)
;; cite:     SDM 2B POPF/POPFD/POPFQ, Operation and table "Effect of POPF/POPFD on the EFLAGS Register"; SDM 2A
;;+          IRET/IRETD/IRETQ, Operation (RETURN-FROM-VIRTUAL-8086-MODE); APM 3 POPF, IRET
;; modes:    vm86
;; requires: vme
;; sweep:    iopl = 0 2
;; sweep:    virtual = 0 1 2
;; sweep:    old_if = 0 1
;; sweep:    image = 0x2 0x202 0x102 0x302 0x4cd7 0x7ed7
;; variant:  insn = popf iret
;; variant:  width = o16 o32
;; expect when width == o32 or bit(image, 8) or (bit(image, 9) and virtual == 2): exit == GP and err == 0
;;+          and rip == here - ARENA and flags & ~0x10000 == launch.flags and rsp == launch.rsp
;; expect when width == o16 and not bit(image, 8) and not (bit(image, 9) and virtual == 2): exit == stop
;;+          and rip == target - ARENA and rsp == launch.rsp + (2 if insn == popf else 6)
;; expect when exit == stop: flags.vif == bit(image, 9) and flags.if == old_if and flags.iopl == iopl
;;+          and flags.vip == virtual >> 1 and flags.vm == 1
;; expect when exit == stop: flags & 0x4dd7 == (image & 0x4dd5) | 2
        VME_FLAGS virtual, iopl, old_if
        mov esp, STACK_TOP - 0x40
        mov eax, [image]
%ifidn insn, popf
        mov [esp], eax
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
here:   width insn
target: STOP
