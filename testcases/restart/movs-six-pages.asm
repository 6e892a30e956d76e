;; title:    MOVS whose code, source and destination are each split: every absent page faults once, then all is moved
;; why:      an instruction that needs six pages is restarted up to six times; a half-done store
;;+          or a moved rSI shows here
;; cite:     SDM 3A 6.6 Program or Task Restart; SDM 3A Interrupt 14-Page-Fault Exception (#PF);
;;+          SDM 3A 6.9 Priority Among Simultaneous Exceptions and Interrupts
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; sweep:    absent = 0..63
;; variant:  insn = movsw movsd movsq
;; where:    mode == long64 or insn != movsq
;; expect:   exit == stop and rip == done and flags.df == 0
;; expect:   nfault == bit(absent, 0) + bit(absent, 1) + bit(absent, 2) + bit(absent, 3) + bit(absent, 4) +
;;+          bit(absent, 5)
;; expect:   rsi == DATA0 + 0xfff + width and rdi == DATA2 + 0xfff + width and regs == {rsi, rdi}
;; expect:   mem(DATA2 + 0xfff, 8) == 0x8877665544332211 & ((1 << 8 * width) - 1)
;; expect:   {frame, DATA2, DATA3} <= changed and changed <= {frame, DATA2, DATA3, PT_1}
;; expect:   mem(pte_code, 4) & 0x7f == 0x27 and mem(pte_code2, 4) & 0x7f == 0x27
;; expect:   mem(pte_data0, 4) & 0x7f == 0x27 and mem(pte_data1, 4) & 0x7f == 0x27
;; expect:   mem(pte_data2, 4) & 0x7f == 0x67 and mem(pte_data3, 4) & 0x7f == 0x67
;; expect when bit(absent, 0): fault[0].cr2 == CODE + 0xfff
;; expect when bit(absent, 1): fault[bit(absent, 0)].cr2 == CODE2
;; expect when bit(absent, 2): DATA0 + 0xfff in {fault[0].cr2, fault[1].cr2, fault[2].cr2, fault[3].cr2,
;;+          fault[4].cr2, fault[5].cr2}
;; expect when bit(absent, 3): DATA1 in {fault[0].cr2, fault[1].cr2, fault[2].cr2, fault[3].cr2, fault[4].cr2,
;;+          fault[5].cr2}
;; expect when bit(absent, 4): DATA2 + 0xfff in {fault[0].cr2, fault[1].cr2, fault[2].cr2, fault[3].cr2,
;;+          fault[4].cr2, fault[5].cr2}
;; expect when bit(absent, 5): DATA3 in {fault[0].cr2, fault[1].cr2, fault[2].cr2, fault[3].cr2, fault[4].cr2,
;;+          fault[5].cr2}
;; expect when nfault > 0: fault[0].rip == split and fault[0].err == (4 if launch_cpl == 3 else 0) + (2
;;+          if fault[0].cr2 >= DATA2 else fetch if fault[0].cr2 < DATA0 else 0)
;; expect when nfault > 1: fault[1].rip == split and fault[1].err == (4 if launch_cpl == 3 else 0) + (2
;;+          if fault[1].cr2 >= DATA2 else fetch if fault[1].cr2 < DATA0 else 0)
;; expect when nfault > 2: fault[2].rip == split and fault[2].err == (4 if launch_cpl == 3 else 0) + (2
;;+          if fault[2].cr2 >= DATA2 else fetch if fault[2].cr2 < DATA0 else 0)
;; expect when nfault > 3: fault[3].rip == split and fault[3].err == (4 if launch_cpl == 3 else 0) + (2
;;+          if fault[3].cr2 >= DATA2 else 0)
;; expect when nfault > 4: fault[4].rip == split and fault[4].err == (4 if launch_cpl == 3 else 0) + (2
;;+          if fault[4].cr2 >= DATA2 else 0)
;; expect when nfault > 5: fault[5].rip == split and fault[5].err == (4 if launch_cpl == 3 else 0) + (2
;;+          if fault[5].cr2 >= DATA2 else 0)
%ifidn insn, movsw
width   equ 2
%elifidn insn, movsd
width   equ 4
%else
width   equ 8
%endif
%if HOME == 64
fetch   equ 0x10                        ; EFER.NXE is set in the 64-bit home, so the I/D bit is reported
%else
fetch   equ 0
%endif
pte_code  equ PTE(CODE)
pte_code2 equ PTE(CODE2)
pte_data0 equ PTE(DATA0)
pte_data1 equ PTE(DATA1)
pte_data2 equ PTE(DATA2)
pte_data3 equ PTE(DATA3)
        mov dword [DATA0 + 0xfff], 0x44332211
        mov dword [DATA0 + 0x1003], 0x88776655
        mov xsi, DATA0 + 0xfff
        mov xdi, DATA2 + 0xfff
        or byte [CODE2], 0              ; no decoded copy of the split instruction: see split-fetch-after-unmap
        ABSENT_IF absent, 0, CODE
        ABSENT_IF absent, 1, CODE2
        ABSENT_IF absent, 2, DATA0
        ABSENT_IF absent, 3, DATA1
        ABSENT_IF absent, 4, DATA2
        ABSENT_IF absent, 5, DATA3
        LAUNCH_AT CODE + 0xfff
split:  db 0x3e                         ; DS override, so that even MOVSD has two bytes
        insn
done:   STOP
        SCRIPT
          MAKE_PRESENT CODE
          MAKE_PRESENT CODE2
          MAKE_PRESENT DATA0
          MAKE_PRESENT DATA1
          MAKE_PRESENT DATA2
          MAKE_PRESENT DATA3
        ENDSCRIPT
