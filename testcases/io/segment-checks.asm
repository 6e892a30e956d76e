;; title:    INS checks ES for a null selector, type and limit, OUTS its segment: #GP(0), or #SS(0) through SS
;; cite:     SDM 2A INS, Protected Mode Exceptions; SDM 2B OUTS; SDM 3A 6.15 Interrupt 12-Stack Fault Exception (#SS)
;; modes:    pm32
;; cpl:      0 3
;; sweep:    seg_sel = 0x0 UDATA UDATA_RO UDATA_SMALL UDATA_DOWN UCODE_F
;; sweep:    over = 0 1 2 3 4
;; variant:  insn = insb insw insd outsb outsw outsd ss_outsb ss_outsd
;; where:    insn not in {ss_outsb, ss_outsd} or (seg_sel == UDATA_SMALL and launch_cpl == 3)
;; undefined: mem(DATA0, 4) mem(DATA1, 4) mem(DATA0 + 0xff8, 8)
;; expect when seg_sel == UDATA or (seg_sel == UDATA_SMALL and over >= SIZE): exit == stop
;; expect when seg_sel in {UDATA_RO, UCODE_F} and is_out: exit == stop
;; expect when seg_sel == UDATA_DOWN: exit == stop
;; expect when seg_sel == 0 or (seg_sel == UDATA_SMALL and over < SIZE and not by_ss): exit == GP and err == 0
;; expect when seg_sel in {UDATA_RO, UCODE_F} and not is_out: exit == GP and err == 0
;; expect when seg_sel == UDATA_SMALL and over < SIZE and by_ss: exit == SS_FAULT and err == 0
;; expect when exit in {GP, SS_FAULT}: rip == here and regs == {} and cpl == launch_cpl
%ifidn insn, insb
SIZE equ 1
%elifidn insn, outsb
SIZE equ 1
%elifidn insn, ss_outsb
SIZE equ 1
%elifidn insn, insw
SIZE equ 2
%elifidn insn, outsw
SIZE equ 2
%else
SIZE equ 4
%endif
%ifidn insn, ss_outsb
 %define INSN ss outsb
by_ss equ 1
is_out equ 1
%elifidn insn, ss_outsd
 %define INSN ss outsd
by_ss equ 1
is_out equ 1
%elifidn insn, insb
 %define INSN insn
by_ss equ 0
is_out equ 0
%elifidn insn, insw
 %define INSN insn
by_ss equ 0
is_out equ 0
%elifidn insn, insd
 %define INSN insn
by_ss equ 0
is_out equ 0
%else
 %define INSN insn
by_ss equ 0
is_out equ 1
%endif
        LAUNCH_SET flags, 0x3002
        mov eax, [seg_sel]
        mov ebx, eax
        test eax, eax
        jz .null
        or eax, 3
.null:
%if by_ss
        or byte [GDT + UDATA_SMALL + 5], 1
        LAUNCH_SET ss, eax
%elif is_out
        LAUNCH_SET ds, eax
%else
        LAUNCH_SET es, eax
%endif
        mov edx, 0x360
        mov esi, DATA1                  ; DATA0 is the last page of UDATA_SMALL
        sub esi, [over]
        mov edi, esi
        mov eax, -1
        LAUNCH
here:   INSN
        STOP
