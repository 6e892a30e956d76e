;; title:    The halves of an operand may lie under different tables; an entry of any level made present works at once
;; why:      an emulator that caches what is absent, or translates the second half by the tables of the first
;; cite:     SDM 3A 4.10.2.3 Details of TLB Use; SDM 3A 4.10.4.3 Optional Invalidation; SDM 3A 4.8 Accessed
;;+          and Dirty Flags
;; modes:    pm32-pae long64
;; cpl:      0 3
;; variant:  insn = load store
;; variant:  hole = nowhere low_leaf high_leaf high_upper low_upper
;; variant:  border = 0x200000 0x40000000 0x8000000000
;; where:    mode == long64 or border != 0x8000000000
;; where:    border != 0x200000 or hole != low_upper
;; where:    mode == long64 or border == 0x200000 or hole != high_upper
;; touches:  PT_1+0x0 64
;; touches:  PT_1+0xfc0 64
;; touches:  PT_X+0x0 64
;; touches:  PT_X+0xfc0 64
;; touches:  PT_2+0xfc0 64
;; touches:  PT_3+0xfc0 64
;; touches:  DATA1+0xfc0 128
;; expect:   exit == stop and rip == done and nfault == (0 if hole == nowhere else 1)
;; expect when nfault: fault[0].vector == PF and fault[0].rip == spot
;; expect when hole == low_leaf or hole == low_upper: fault[0].cr2 == border - 2
;; expect when hole == high_leaf or hole == high_upper: fault[0].cr2 == border
;; expect when nfault and insn == load: fault[0].err == (4 if launch_cpl == 3 else 0)
;; expect when nfault and insn == store: fault[0].err == (6 if launch_cpl == 3 else 2)
;; expect when insn == load: rax == 0x44332211 and regs == {rax}
;; expect when insn == store: mem(DATA1 + 0xffe, 4) == 0x11223344 and regs == {}
;; expect:   mem(at_low_leaf, 1) == (0x27 if insn == load else 0x67) and mem(at_high_leaf, 1) == (0x27
;;+          if insn == load else 0x67)
;; expect when mode == long64 or border == 0x200000: mem(at_high_upper, 1) == 0x27
;; expect when border != 0x200000: mem(at_low_upper, 1) == 0x27
%if border == 0x200000
 %define HIGH_UPPER PT_X | 7
at_low_leaf   equ PT_1 + 511 * 8
at_high_leaf  equ PT_X
at_high_upper equ PT_2 + 8
at_low_upper  equ PT_2
%else
at_low_leaf   equ PT_X + 511 * 8
at_high_leaf  equ PT_1
 %if border == 0x40000000
  %if HOME == 64
   %define HIGH_UPPER PT_2 | 7
at_high_upper equ PT_3 + 8
  %else
at_high_upper equ PT_TOP + 8
  %endif
 %define LOW_UPPER PT_X | 7
at_low_upper  equ PT_2 + 511 * 8
 %else
  %define HIGH_UPPER PT_3 | 7
  %define LOW_UPPER PT_2 | 7
at_high_upper equ PT_TOP + 8
at_low_upper  equ PT_3 + 511 * 8
 %endif
%endif
        ; the last entry and the first of each level lead to the same two pages: tables are their own neighbours
%macro  ENTRY 2
        mov dword [%1], %2
        mov dword [(%1) + 4], 0
%endmacro
        ENTRY PT_1 + 511 * 8, DATA1 | 7
        ENTRY PT_X + 511 * 8, DATA1 | 7
        ENTRY PT_X, DATA2 | 7
        ENTRY PT_1, DATA2 | 7
        ENTRY PT_2 + 8, PT_X | 7
        ENTRY PT_2 + 511 * 8, PT_X | 7
%if HOME == 64
        ENTRY PT_3 + 8, PT_2 | 7
        ENTRY PT_3 + 511 * 8, PT_2 | 7
        ENTRY PT_TOP + 8, PT_3 | 7
%else
        ENTRY PT_TOP + 8, PT_2 | 1
%endif
        mov dword [DATA1 + 0xffe], 0x44332211
%ifidn hole, low_leaf
 %define AT at_low_leaf
 %define ENTRY_THERE DATA1 | 7
%elifidn hole, high_leaf
 %define AT at_high_leaf
 %define ENTRY_THERE DATA2 | 7
%elifidn hole, low_upper
 %define AT at_low_upper
 %define ENTRY_THERE LOW_UPPER
%elifidn hole, high_upper
 %define AT at_high_upper
 %define ENTRY_THERE HIGH_UPPER
%endif
%ifdef AT
        mov dword [AT], 0
%endif
        mov xsi, border - 2
        mov eax, 0x11223344
        LAUNCH
spot:
%ifidn insn, load
        mov eax, [xsi]
%else
        mov [xsi], eax
%endif
done:   STOP
%ifdef AT
        SCRIPT
          ON 14, nth 1
            STORE AT, 8, ENTRY_THERE
            DROPERR
          RETURN WORD_SIZE
        ENDSCRIPT
%endif
