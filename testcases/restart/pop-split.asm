;; title:    What pops across a page boundary restarts with rSP, rBP and its destination as they were
;; why:      POP to memory adjusts rSP before it computes an address from it; a fault of the store must undo that
;; cite:     SDM 3A 6.6 Program or Task Restart; SDM 2B POP, Description and Operation; SDM 2A LEAVE, Operation;
;;+          SDM 2B RET, Operation
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      3
;; sweep:    absent = 0..15
;; variant:  insn = pop_rax pop_rsp pop_mem pop_mem_rsp popf ret_near ret_16 leave popa
;; variant:  handled = yes no
;; where:    absent & 3 == 0 or insn == pop_mem or insn == pop_mem_rsp
;; where:    handled == yes or absent in {1, 2, 4, 8}
;; where:    not (mode == long64 and insn == popa)
;; where:    mode != pm32-pae or insn == pop_mem or insn == popa
;; touches:  DATA2+0xfc0 128
;; touches:  DATA0+0xfc0 128
;; expect when handled == yes: exit == stop and rip == after and cpl == 3
;; expect when handled == yes: nfault == bit(absent, 0) + bit(absent, 1) + bit(absent, 2) + bit(absent, 3)
;; expect when handled == yes and insn == pop_rax: rax == after and regs == {rax, rsp} and rsp == launch.rsp + slot
;; expect when handled == yes and insn == pop_rsp: rsp == after and regs == {rsp}
;; expect when handled == yes and insn == pop_mem: mem(DATA1 - slot // 2, slot) == after and regs == {rsp}
;;+          and rsp == launch.rsp + slot
;; expect when handled == yes and insn == pop_mem_rsp: mem(DATA1 - slot // 2, slot) == after and regs == {rsp}
;;+          and rsp == launch.rsp + slot
;; expect when handled == yes and insn == popf: flags & 0xcd5 == after & 0xcd5 and regs == {rsp}
;;+          and rsp == launch.rsp + slot
;; expect when handled == yes and insn == ret_near: regs == {rsp} and rsp == launch.rsp + slot
;; expect when handled == yes and insn == ret_16: regs == {rsp} and rsp == launch.rsp + slot + 16
;; expect when handled == yes and insn == leave: rbp == after and rsp == DATA3 + slot // 2 and regs == {rbp, rsp}
;; expect when handled == yes and insn == popa: rdi == after and rsi == 0x99 and rcx == 0x99
;;+          and rsp == launch.rsp + 32
;; expect when insn != popf: flags & 0xcd5 == launch.flags & 0xcd5
;; expect when handled == yes and nfault > 0: fault[0].rip == spot and fault[0].err == (4
;;+          if fault[0].cr2 >= DATA2 else 6)
;; expect when handled == yes and nfault > 1: fault[1].rip == spot and fault[1].err == (4
;;+          if fault[1].cr2 >= DATA2 else 6)
;; expect when handled == yes and nfault > 2: fault[2].rip == spot and fault[2].err == (4
;;+          if fault[2].cr2 >= DATA2 else 6)
;; expect when handled == yes and nfault > 3: fault[3].rip == spot and fault[3].err == (4
;;+          if fault[3].cr2 >= DATA2 else 6)
;; expect when handled == no: exit == PF and rip == spot and cpl == 3 and err == (4 if absent >= 4 else 6)
;;+          and changed == {frame}
;; expect when handled == no: regs == {} and flags & 0xcd5 == launch.flags & 0xcd5
;; expect when handled == no: cr2 == (DATA1 - slot // 2 if absent == 1 else DATA1
;;+          if absent == 2 else DATA3 - slot // 2 if absent == 4 else DATA3)
slot    equ WORD_SIZE
%define M       DATA1 - WORD_SIZE / 2
%define pop_rax  pop xax
%define pop_rsp  pop xsp
%define pop_mem  pop xword [M]
%define pop_mem_rsp pop xword [xsp + (M - (DATA3 + WORD_SIZE / 2))]
%define ret_near ret
%define ret_16   ret 16
        LAUNCH_SET flags, 0x8d7
        mov xword [DATA3 - WORD_SIZE / 2], after
%ifidn insn, popa
        mov eax, 0x99                   ; the seven words after it
        mov edi, DATA3 + 2
        mov ecx, 7
        rep stosd
        mov ecx, 0x55
%endif
%ifidn insn, leave
        mov xbp, DATA3 - WORD_SIZE / 2
        mov xsp, STACK + 0xe00
%else
        mov xsp, DATA3 - WORD_SIZE / 2
%endif
        ABSENT_IF absent, 0, DATA0
        ABSENT_IF absent, 1, DATA1
        ABSENT_IF absent, 2, DATA2
        ABSENT_IF absent, 3, DATA3
        LAUNCH
spot:   insn
after:  STOP
%ifidn handled, yes
        SCRIPT
          MAKE_PRESENT DATA0
          MAKE_PRESENT DATA1
          MAKE_PRESENT DATA2
          MAKE_PRESENT DATA3
        ENDSCRIPT
%endif
