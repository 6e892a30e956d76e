;; title:    An instruction that does not end within the code segment's limit is #GP(0) before it does anything; in
;;+          64-bit mode the limit of CS counts for nothing
;; cite:     SDM 3A Limit Checking; SDM 3A Limit Checking in 64-bit Mode; SDM 3A Interrupt 13-General Protection Exception
;;+          (#GP) (exceeding the segment limit when accessing the CS segment); APM 2 Limit Checks
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    cut = 0 1 2 4 5
;; expect when mode == long64: exit == stop and rip == next and rax == 0x11223344
;; expect when mode != long64: exit == GP and err == 0 and changed == {frame}
;; expect when mode != long64 and cut == 0: rip & 0xffff == next & 0xffff and rax == 0x11223344
;; expect when mode != long64 and cut != 0: rip & 0xffff == insn & 0xffff and regs == {}
%if WINDOW_BITS == 64
HIGH    equ 0x00209b00 | CPL << 13
%elif WINDOW_BITS == 16
HIGH    equ 0x00009b00 | CPL << 13 | ARENA >> 16
%else
HIGH    equ 0x00409b00 | CPL << 13
%endif
        mov eax, SEGOFF(next) - 1
        sub eax, [cut]
        mov ecx, eax
        and eax, 0xffff
        and ecx, 0xf0000
        or ecx, HIGH
        SETDESC FREE0, eax, ecx
        LAUNCH_SET cs, FREE0 | CPL
        mov eax, 0x55667788
        LAUNCH
        nop
insn:   o32 mov eax, 0x11223344
next:   STOP
