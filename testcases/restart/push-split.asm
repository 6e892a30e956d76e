;; title:    What pushes across a page boundary restarts from its first byte: no rSP, rBP or memory operand used twice
;; why:      an emulator that moves rSP before the store, or reads its operand again after the store of one half
;; cite:     SDM 3A 6.6 Program or Task Restart; SDM 2B PUSH and PUSHA/PUSHAD, Operation; SDM 2A ENTER, Operation;
;;+          SDM 2B PUSHF/PUSHFD/PUSHFQ, Operation
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      3
;; sweep:    absent = 0..15
;; variant:  insn = push_rax push_imm push_rsp push_mem pushf call_near call_mem enter_0 enter_3 pusha
;; variant:  handled = yes no
;; where:    absent & 3 == 0 or insn == push_mem or insn == call_mem or insn == enter_3
;; where:    handled == yes or absent in {1, 2, 4, 8}
;; where:    not (mode == long64 and insn == pusha)
;; where:    mode != pm32-pae or insn == push_mem or insn == pusha
;; touches:  DATA2+0xf80 192
;; touches:  DATA0+0xfc0 128
;; expect when handled == yes: exit == stop and rip == after and cpl == 3
;; expect when handled == yes: nfault == bit(absent, 0) + bit(absent, 1) + bit(absent, 2) + bit(absent, 3)
;; expect when handled == yes and not (insn == pusha or insn == enter_0 or insn == enter_3): rsp == launch.rsp -
;;+          slot and regs == {rsp}
;; expect when handled == yes and insn == enter_0: rsp == launch.rsp - slot - 16 and rbp == launch.rsp - slot
;; expect when handled == yes and insn == enter_3: rsp == launch.rsp - 4 * slot - 16 and rbp == launch.rsp - slot
;; expect when handled == yes and insn == pusha: rsp == launch.rsp - 32 and regs == {rsp}
;; expect when handled == yes and insn == push_rax: mem(launch.rsp - slot, slot) == launch.rax
;; expect when handled == yes and insn == push_rsp: mem(launch.rsp - slot, slot) == launch.rsp
;; expect when handled == yes and insn == push_imm: mem(launch.rsp - slot, slot) == 0x12345678
;; expect when handled == yes and insn == push_mem: mem(launch.rsp - slot, slot) == after
;; expect when handled == yes and insn == pushf: mem(launch.rsp - slot, slot) == launch.flags
;; expect when handled == yes and (insn == call_near or insn == call_mem): mem(launch.rsp - slot, slot) == back
;; expect when handled == yes and (insn == enter_0 or insn == enter_3): mem(launch.rsp - slot, slot) == launch.rbp
;; expect when handled == yes and insn == enter_3: mem(launch.rsp - 2 * slot, slot) == after
;;+          and mem(launch.rsp - 3 * slot, slot) == 0x5533
;; expect when handled == yes and insn == enter_3: mem(launch.rsp - 4 * slot, slot) == launch.rsp - slot
;; expect when handled == yes and insn == pusha: mem(launch.rsp - 16, 16) == launch.rax << 96 | launch.rcx << 64 |
;;+          launch.rdx << 32 | launch.rbx
;; expect when handled == yes and insn == pusha: mem(launch.rsp - 32, 16) == launch.rsp << 96 | launch.rbp << 64 |
;;+          launch.rsi << 32 | launch.rdi
;; expect when handled == yes and nfault > 0: fault[0].rip == spot and fault[0].err == (6
;;+          if fault[0].cr2 >= DATA2 else 4)
;; expect when handled == yes and nfault > 1: fault[1].rip == spot and fault[1].err == (6
;;+          if fault[1].cr2 >= DATA2 else 4)
;; expect when handled == yes and nfault > 2: fault[2].rip == spot and fault[2].err == (6
;;+          if fault[2].cr2 >= DATA2 else 4)
;; expect when handled == yes and nfault > 3: fault[3].rip == spot and fault[3].err == (6
;;+          if fault[3].cr2 >= DATA2 else 4)
;; expect when handled == no: exit == PF and rip == spot and cpl == 3 and err == (6 if absent >= 4 else 4)
;;+          and regs == {}
;; expect when handled == no and absent == 1 and insn != enter_3: cr2 == DATA1 - slot // 2
;; expect when handled == no and absent == 2: cr2 == DATA1
;; expect when handled == no and absent == 4: cr2 == launch.rsp - slot
;; expect when handled == no and absent == 8: changed == {frame}
;; expect when handled == yes and absent == 4: fault[0].cr2 == launch.rsp - slot
;; expect when handled == no and absent == 8: cr2 == DATA3
;; expect:   flags & 0xcd5 == launch.flags & 0xcd5
slot    equ WORD_SIZE
%define M    [DATA1 - WORD_SIZE / 2]
%define push_rax  push xax
%define push_imm  push xword 0x12345678
%define push_rsp  push xsp
%define push_mem  push xword M
%define call_near call after
%define call_mem  call xword M
%define enter_0   enter 16, 0
%define enter_3   enter 16, 3
        LAUNCH_SET flags, 0x8d7
        mov xword M, after
        mov xword [DATA1 - WORD_SIZE / 2 - WORD_SIZE], 0x5533
        mov xbp, DATA1 + WORD_SIZE / 2  ; ENTER's display: the first word is M, the second below it
        mov xsp, DATA3 + WORD_SIZE / 2
        ABSENT_IF absent, 0, DATA0
        ABSENT_IF absent, 1, DATA1
        ABSENT_IF absent, 2, DATA2
        ABSENT_IF absent, 3, DATA3
        LAUNCH
spot:   insn
back:   nop                             ; CALL does not come here
after:  STOP
%ifidn handled, yes
        SCRIPT
          MAKE_PRESENT DATA0
          MAKE_PRESENT DATA1
          MAKE_PRESENT DATA2
          MAKE_PRESENT DATA3
        ENDSCRIPT
%endif
