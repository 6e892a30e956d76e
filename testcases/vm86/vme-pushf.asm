;; title:    With CR4.VME, a 16-bit PUSHF below IOPL 3 shows IOPL 3 and VIF in the place of IF; a 32-bit one is #GP(0)
;; cite:     SDM 2B PUSHF/PUSHFD/PUSHFQ, Operation; APM 3 PUSHF, PUSHFD
;; modes:    vm86
;; requires: vme
;; sweep:    iopl = 0 1 2 3
;; sweep:    vif = 0 1
;; sweep:    low = 0x2 0x202 0x4ed7
;; variant:  width = o16 o32
;; expect when iopl == 3: exit == stop and mem(ARENA + rsp, 2) == launch.flags & 0xffff
;; expect when iopl == 3 and width == o32: mem(ARENA + rsp + 2, 2) == (launch.flags >> 16) & ~3
;; expect when iopl < 3 and width == o16: exit == stop
;;+          and mem(ARENA + rsp, 2) == launch.flags & 0xcdff | 0x3000 | vif << 9
;; expect when iopl < 3 and width == o32: exit == GP and err == 0 and rip == here - ARENA and rsp == launch.rsp
;; expect when exit == stop: rsp == launch.rsp - (2 if width == o16 else 4)
;; expect:   flags & ~0x10000 == launch.flags
        mov eax, cr4
        or eax, 1
        mov cr4, eax
        mov eax, [vif]
        shl eax, 7
        or eax, [iopl]
        shl eax, 12
        or eax, 0x20000
        or eax, [low]
        LAUNCH_SET flags, eax
        LAUNCH
here:   width pushf
        STOP
