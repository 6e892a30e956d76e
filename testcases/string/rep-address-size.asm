;; title:    The address size says how much of rCX, rSI and rDI a repeated string instruction counts, adds to
;;+          and writes
;; why:      with 32-bit addresses in 64-bit mode the results are zero-extended;
;;+          with 16-bit ones the upper halves stay
;; cite:     SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Description; SDM 1 3.4.1.1 General-Purpose Registers in 64-Bit Mode;
;;+          APM 3 1.2.6 Repeat Prefixes
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; sweep:    junk = 0 0x7654
;; variant:  insn = movs stos lods cmps scas
;; variant:  unit = b d
;; variant:  way = up down
;; variant:  hole = no yes
;; where:    hole == no or mode in {pm32-p32, pm32-pae, compat16, compat32, long64} and not insn == cmps
;; touches:  DATA0+0xfc0 128
;; touches:  DATA2+0xfc0 128
;; expect when hole == no: exit == stop and rip & 0xffff == done & 0xffff and rcx & low == 0
;; expect when hole == yes: exit == PF and rip & 0xffff == string & 0xffff and rcx & low == 3
;; expect when mode == long64: rcx == rcx & low
;; expect when mode != long64: rcx == launch.rcx & ~low | rcx & low
;; expect when insn == stos or insn == scas: rsi == launch.rsi
;; expect when insn == lods: rdi == launch.rdi
;; expect when not (insn == stos or insn == scas) and mode == long64: rsi == (launch.rsi & low)
;;+          + (5 - rcx) * (width if way == up else -width)
;; expect when not insn == lods and mode == long64: rdi == (launch.rdi & low) + (5 - rcx) * (width
;;+          if way == up else -width)
;; expect when not (insn == stos or insn == scas) and mode != long64: rsi == launch.rsi
;;+          + (5 - (rcx & low)) * (width if way == up else -width)
;; expect when not insn == lods and mode != long64: rdi == launch.rdi + (5 - (rcx & low)) * (width
;;+          if way == up else -width)
%ifidn unit, b
width   equ 1
%else
width   equ 4
%endif
%if MODE == MODE_VM86
%define FLAGS 0x20002
%else
%define FLAGS 2
%endif
%if WINDOW_BITS == 64
low     equ 0xffffffff
 %define SHORT a32
 %define POINT(x) (x)
%else
low     equ 0xffff
 %define SHORT a16
 %define POINT(x) OFF(x)
 %if WINDOW_BITS == 32
        LAUNCH_SET ds, UDATA16 | 3
        LAUNCH_SET es, UDATA16 | 3
 %endif
%endif
        mov eax, 0x5a5a5a5a
        mov xdi, DATA0 + 0xfc0
        mov ecx, 32
        rep stosd
        mov xdi, DATA2 + 0xfc0
%ifidn insn, cmps
        mov ecx, 32
        rep stosd
%elifidn insn, scas
        mov ecx, 32
        rep stosd
%endif
%ifidn hole, yes
 %ifidn way, up
  %ifidn insn, lods
        SETPTE DATA1, 0
  %else
        SETPTE DATA3, 0
  %endif
 %elifidn insn, lods
        SETPTE DATA0, 0
 %else
        SETPTE DATA2, 0
 %endif
%endif
        mov xbx, [junk]
%if WINDOW_BITS == 64
        shl rbx, 32
%else
        shl ebx, 16
%endif
        lea xcx, [xbx + 5]
%ifidn way, up
        LAUNCH_SET flags, FLAGS
        lea xsi, [xbx + POINT(DATA1 - 2 * width)]
        lea xdi, [xbx + POINT(DATA3 - 2 * width)]
%else
        LAUNCH_SET flags, FLAGS | 0x400
        lea xsi, [xbx + POINT(DATA1 + width)]
        lea xdi, [xbx + POINT(DATA3 + width)]
%endif
        LAUNCH
string: rep SHORT insn %+ unit
done:   STOP
