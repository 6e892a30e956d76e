;; title:    A repeated string instruction that faulted on any of its pages goes on to the same end
;; why:      elements done twice or left out where the handler returned; a scan that forgets why it stopped
;; cite:     SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Description; SDM 1 7.3.9.2 Repeated String Operations;
;;+          APM 3 1.2.6 Repeat Prefixes
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; sweep:    absent = 0..15
;; variant:  insn = movs stos lods cmps scas
;; variant:  unit = w d
;; variant:  way = up down
;; where:    mode != pm32-pae or (unit == w and (insn == movs or insn == cmps))
;; where:    absent & 12 == 0 or not insn == lods
;; where:    absent & 3 == 0 or not (insn == stos or insn == scas)
;; where:    absent & absent >> 2 == 0 or not insn == cmps
;; touches:  DATA0+0xfc0 128
;; touches:  DATA2+0xfc0 128
;; expect:   exit == stop and rip == after and cpl == launch_cpl
;; expect:   nfault == bit(absent, 0) + bit(absent, 1) + bit(absent, 2) + bit(absent, 3)
;; expect when nfault > 0: fault[0].rip == string and fault[0].err == (4 if launch_cpl == 3 else 0)
;;+             + (2 if fault[0].cr2 >= DATA2 and (insn == movs or insn == stos) else 0)
;; expect when nfault > 1: fault[1].rip == string and fault[1].err == (4 if launch_cpl == 3 else 0)
;;+             + (2 if fault[1].cr2 >= DATA2 and (insn == movs or insn == stos) else 0)
;; expect when nfault > 2: fault[2].rip == string and fault[2].err == (4 if launch_cpl == 3 else 0)
;;+             + (2 if fault[2].cr2 >= DATA2 and (insn == movs or insn == stos) else 0)
;; expect when nfault > 3: fault[3].rip == string and fault[3].err == (4 if launch_cpl == 3 else 0)
;;+             + (2 if fault[3].cr2 >= DATA2 and (insn == movs or insn == stos) else 0)
;; expect:   rcx == (2 if insn == cmps or insn == scas else 0)
;; expect:   rsi == launch.rsi + (0 if insn == stos or insn == scas else (8 - rcx) * width
;;+          if way == up else (rcx - 8) * width)
;; expect:   rdi == launch.rdi + (0 if insn == lods else (8 - rcx) * width if way == up else (rcx - 8) * width)
;; expect when insn == movs or insn == stos: mem(DATA3 - low, 8 * width) == mem(DATA1 - low, 8 * width)
;;+             and mem(DATA3 - low - 8, 8) == 0 and mem(DATA3 - low + 8 * width, 8) == 0
;; expect when insn == lods: rax & ((1 << 8 * width) - 1) == mem(DATA1 - low + (7 * width if way == up else 0), width)
;; expect when insn == cmps or insn == scas: flags.zf == 0 and flags.cf == 1
;; expect when not (insn == cmps or insn == scas): flags & 0xcd5 == launch.flags & 0xcd5
%ifidn unit, w
width   equ 2
%else
width   equ 4
%endif
low     equ 4 * width - width / 2       ; the lowest element lies so far below the border: the fourth is split
        mov ecx, 128
.fill:
%ifidn insn, movs
        mov [DATA0 + 0xfbf + xcx], cl
%elifidn insn, lods
        mov [DATA0 + 0xfbf + xcx], cl
%else
        mov byte [DATA0 + 0xfbf + xcx], 0x5a
%endif
%ifidn insn, cmps                       ; which operand is read first is open: one of a pair is always present
        mov byte [DATA2 + 0xfbf + xcx], 0x5a
%elifidn insn, scas
        mov byte [DATA2 + 0xfbf + xcx], 0x5a
%endif
        loop .fill
%ifidn way, up
        LAUNCH_SET flags, 0x893
        mov esi, DATA1 - low
%define UNEQUAL 5
%else
        LAUNCH_SET flags, 0xc93
        mov esi, DATA1 - low + 7 * width
%define UNEQUAL 2
%endif
        lea edi, [xsi + DATA3 - DATA1]
%ifidn insn, cmps
        mov byte [DATA3 - low + UNEQUAL * width + width - 1], 0x6a
%elifidn insn, scas
        mov byte [DATA3 - low + UNEQUAL * width + width - 1], 0x6a
%endif
        ABSENT_IF absent, 0, DATA0
        ABSENT_IF absent, 1, DATA1
        ABSENT_IF absent, 2, DATA2
        ABSENT_IF absent, 3, DATA3
        mov ecx, 8
%if HOME == 64
        mov rax, 0x5a5a5a5a5a5a5a5a
%else
        mov eax, 0x5a5a5a5a
%endif
        LAUNCH
string: rep insn %+ unit
after:  STOP
        SCRIPT
          MAKE_PRESENT DATA0
          MAKE_PRESENT DATA1
          MAKE_PRESENT DATA2
          MAKE_PRESENT DATA3
        ENDSCRIPT
