;; title:    INT3, INTO and ICEBP are traps: RIP after them, DR6 untouched; gates' DPL counts but for ICEBP
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation;
;;+           SDM 3A Interrupt 3-Breakpoint Exception (#BP); SDM 3B Debug Exceptions
;; modes:    real unreal vm86 pm16 pm32-p32 compat16 compat32 long64
;; cpl:      0 1 3
;; sweep:    of = 0 1
;; sweep:    dpl = 0 3
;; variant:  insn = int3 into icebp int_3 int_1
;; where:    of == 0 or insn == into
;; where:    mode not in {real, unreal} or dpl == 0
;; where:    mode != long64 or insn != into
;; expect when insn == int3 and (launch_cpl <= dpl or mode in {real, unreal}): exit == BP_
;;+          and rip & 0xffff == behind & 0xffff
;; expect when insn == int_3 and (launch_cpl <= dpl or mode in {real, unreal}): exit == BP_
;;+          and rip & 0xffff == behind & 0xffff
;; expect when insn == int_1 and (launch_cpl <= dpl or mode in {real, unreal}): exit == DB_
;;+          and rip & 0xffff == behind & 0xffff
;; expect when insn == icebp: exit == DB_ and rip & 0xffff == behind & 0xffff
;; expect when insn == into and of == 0: exit == stop and rip & 0xffff == behind & 0xffff
;; expect when insn == into and of == 1 and (launch_cpl <= dpl or mode in {real, unreal}): exit == OF_
;;+           and rip & 0xffff == behind & 0xffff
;; expect:   dr6 == launch.dr6 and regs == {} and flags & ~0x10000 == launch.flags & ~0x10000 and cpl == launch_cpl
;; expect when exit in {BP_, DB_, OF_}: flags.rf == 0
;; expect when mode not in {real, unreal} and launch_cpl > dpl and insn in {int3, int_3}: exit == GP
;;+          and err == 0x1a and rip & 0xffff == here & 0xffff
;; expect when mode not in {real, unreal} and launch_cpl > dpl and insn == int_1: exit == GP and err == 0xa
;;+          and rip & 0xffff == here & 0xffff
;; expect when mode not in {real, unreal} and launch_cpl > dpl and insn == into and of == 1: exit == GP and err == 0x22
;;+           and rip & 0xffff == here & 0xffff
        mov xax, [of]
        shl eax, 11
%if MODE == MODE_VM86
        or eax, 0x23002
%else
        or eax, 2
%endif
        LAUNCH_SET flags, xax
%if !REAL_ADDRESSES
        mov xax, [dpl]
        shl eax, 5
        or eax, 0x8e
        mov [GATE(1) + 5], al
        mov [GATE(3) + 5], al
        mov [GATE(4) + 5], al
%endif
        mov eax, 0x5a
        LAUNCH
here:
%ifidn insn, icebp
        db 0xf1
%elifidn insn, int_3
        db 0xcd, 3
%elifidn insn, int_1
        db 0xcd, 1
%else
        insn
%endif
behind: STOP
