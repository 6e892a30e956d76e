;; title:    A 32-bit interrupt frame may lie anywhere, across a page boundary too; both pages are written
;; why:      frames are pushed slot by slot, and a slot may be split; nothing aligns ESP in protected mode
;; cite:     SDM 3A 6.12.1 Exception- or Interrupt-Handler Procedures; SDM 2A INT n, Operation;
;;+          SDM 3A 4.8 Accessed and Dirty Flags
;; modes:    pm32-p32 pm32-pae
;; cpl:      3
;; sweep:    above = 0..21
;; touches:  DATA2+0xfc0 128
;; expect:   exit == INT_KIT and rip == after and cpl == 3 and regs == {}
;; expect:   cs == launch.cs and ss == launch.ss and rsp == launch.rsp and flags == launch.flags
;; expect:   arrival.rsp == DATA3 + above - 20 and mem(DATA3 + above - 4, 4) & 0xffff == launch.ss
;; expect:   mem(DATA3 + above - 20, 4) == after and mem(DATA3 + above - 8, 4) == launch.rsp
;; expect when above > 0 and above < 20: {DATA2, DATA3} <= dirtied
;; expect when above == 0: {DATA2} <= dirtied and not {DATA3} <= accessed
;; expect when above >= 20: {DATA3} <= dirtied and not {DATA2} <= accessed
        LAUNCH_SET flags, 0x8d7
        mov eax, DATA3
        add eax, [above]
        mov [TSS + 4], eax
        LAUNCH
        int INT_KIT
after:  STOP
