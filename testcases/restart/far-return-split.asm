;; title:    Far RET and IRET from a frame across a page boundary restart with CS, rSP and flags as they were
;; why:      an emulator that commits CS or rSP between two slots cannot restart;
;;+          which is read first the manual leaves open
;; cite:     SDM 2B RET, Operation; SDM 2A IRET/IRETD/IRETQ, Operation; SDM 3A 6.6 Program or Task Restart
;; modes:    pm32-p32 long64
;; cpl:      3
;; sweep:    absent = 0 4 8 12
;; sweep:    below = 1 2 4 6 7
;; variant:  insn = ret_far ret_far_8 iret
;; variant:  handled = yes no
;; where:    handled == yes or absent in {4, 8}
;; undefined: cr2 fault[0].cr2 fault[1].cr2 mem(PT_1 + 0x138, 8) mem(PT_1 + 0x270, 16)
;; touches:  DATA2+0xfc0 128
;; expect when handled == yes: exit == stop and rip == target and cpl == 3 and ss == launch.ss and cs == launch.cs
;; expect when handled == yes: nfault == bit(absent, 2) + bit(absent, 3)
;; expect when handled == yes and insn == ret_far: rsp == launch.rsp + 8
;; expect when handled == yes and insn == ret_far_8: rsp == launch.rsp + 16
;; expect when handled == yes and insn == iret: rsp == (launch.rsp + 12 if mode != long64 else STACK_TOP)
;;+          and flags & 0xcd5 == 0x44
;; expect when insn != iret or handled == no: flags & 0xcd5 == launch.flags & 0xcd5
;; expect when handled == yes: regs == {rsp}
;; expect when handled == yes and nfault > 0: fault[0].rip == spot and fault[0].err == 4
;; expect when handled == yes and nfault > 1: fault[1].rip == spot and fault[1].err == 4
;; expect when handled == no: exit == PF and rip == spot and regs == {} and cs == launch.cs and ss == launch.ss
;; expect when handled == no: err == 4
%define ret_far   o32 retf
%define ret_far_8 o32 retf 8
%if HOME == 64
 %define iret     iretq
 %define SLOT     8
%else
 %define iret     iretd
 %define SLOT     4
%endif
        LAUNCH_SET flags, 0x893
        mov ebx, [LB_cs]
        mov ecx, [LB_ss]
        mov xdx, DATA3
        sub edx, [below]
        mov dword [xdx], target
%ifidn insn, ret_far
        mov [xdx + 4], ebx
%elifidn insn, ret_far_8
        mov [xdx + 4], ebx
%else
        mov [xdx + SLOT], ebx
        mov dword [xdx + 2 * SLOT], 0x46
        mov dword [xdx + 3 * SLOT], STACK_TOP
        mov [xdx + 4 * SLOT], ecx
%endif
        mov xsp, xdx
        ABSENT_IF absent, 2, DATA2
        ABSENT_IF absent, 3, DATA3
        LAUNCH
spot:   insn
        STOP
target: STOP
%ifidn handled, yes
        SCRIPT
          MAKE_PRESENT DATA2
          MAKE_PRESENT DATA3
        ENDSCRIPT
%endif
