;; title:    A far CALL whose pointer and frame are split restarts with CS and rSP as they were
;; why:      two slots are written, at the caller's privilege; an emulator that commits CS
;;+          or rSP between them cannot restart
;; cite:     SDM 2A CALL, Operation; SDM 3A 4.6.1 Determination of Access Rights; SDM 3A 6.6 Program or Task Restart
;; modes:    pm32-p32 compat32 long64
;; cpl:      3
;; sweep:    absent = 0..15
;; sweep:    below = 1 2 4 6 7
;; variant:  insn = call_far call_direct
;; variant:  handled = yes no
;; where:    absent & 3 == 0 or insn == call_far
;; where:    mode != long64 or insn == call_far
;; where:    handled == yes or absent in {1, 2, 4, 8}
;; touches:  DATA2+0xfc0 128
;; touches:  DATA0+0xfc0 128
;; expect when handled == yes: exit == stop and rip == target and cpl == 3 and ss == launch.ss and cs == launch.cs
;; expect when handled == yes: nfault == bit(absent, 0) + bit(absent, 1) + bit(absent, 2) + bit(absent, 3)
;; expect when handled == yes: rsp == launch.rsp - 8 and mem(rsp, 4) == back and mem(rsp + 4, 2) == launch.cs
;; expect:   flags & 0xcd5 == launch.flags & 0xcd5
;; expect when handled == yes: regs == {rsp}
;; expect when handled == yes and nfault > 0: fault[0].rip == spot and fault[0].err == (6
;;+          if fault[0].cr2 >= DATA2 else 4)
;; expect when handled == yes and nfault > 1: fault[1].rip == spot and fault[1].err == (6
;;+          if fault[1].cr2 >= DATA2 else 4)
;; expect when handled == yes and nfault > 2: fault[2].rip == spot and fault[2].err == (6
;;+          if fault[2].cr2 >= DATA2 else 4)
;; expect when handled == yes and nfault > 3: fault[3].rip == spot and fault[3].err == (6
;;+          if fault[3].cr2 >= DATA2 else 4)
;; expect when handled == no: exit == PF and rip == spot and regs == {} and cs == launch.cs and ss == launch.ss
;; expect when handled == no: err == (6 if absent >= 4 else 4)
;; expect when handled == no and absent == 1: cr2 == DATA1 - 2
;; expect when handled == no and absent == 2: cr2 == DATA1
%define call_far  call far dword [DATA1 - 2]
%define call_direct call dword (UCODE32 | 3):target
        LAUNCH_SET flags, 0x893
        mov ebx, [LB_cs]
        mov xdx, DATA3
        sub edx, [below]
        mov dword [DATA1 - 2], target
        mov [DATA1 + 2], bx
        add edx, 8
        mov xsp, xdx
        ABSENT_IF absent, 0, DATA0
        ABSENT_IF absent, 1, DATA1
        ABSENT_IF absent, 2, DATA2
        ABSENT_IF absent, 3, DATA3
        LAUNCH
spot:   insn
back:   STOP
target: STOP
%ifidn handled, yes
        SCRIPT
          MAKE_PRESENT DATA0
          MAKE_PRESENT DATA1
          MAKE_PRESENT DATA2
          MAKE_PRESENT DATA3
        ENDSCRIPT
%endif
