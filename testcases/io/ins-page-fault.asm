;; title:    A fault in REP INS or OUTS shows what is done in rCX, rDI and rSI; an element across pages is not begun
;; cite:     SDM 2B REP, Description (exceptions and interrupts during a repeat); SDM 2A INS; SDM 2B OUTS; SDM 3A 6.6
;; modes:    pm32-p32 compat32 long64
;; cpl:      0 3
;; sweep:    before = 0 1 2
;; sweep:    split = 0 1 2 3
;; sweep:    down = 0 1
;; sweep:    rights = 0x0 0x5 0x3
;; variant:  insn = insb insw insd outsb outsw outsd
;; variant:  prefix = rep once
;; where:    prefix == rep or before == 0
;; where:    split == 0 or (insn in {insw, outsw} and split == 1) or insn in {insd, outsd}
;; where:    split == 0 or down == 0
;; where:    rights != 3 or launch_cpl == 3
;; where:    rights != 5 or insn in {insb, insw, insd}
;; touches:  DATA0+0xfc0 128
;; expect:   exit == PF and rip == here and rax == launch.rax and rdx == launch.rdx
;; expect when prefix == rep: rcx == 5 - before
;; expect when prefix == once: rcx == launch.rcx
;; expect when insn in {insb, insw, insd}: rsi == launch.rsi and rdi == launch.rdi +
;;+           (-STEP if down else STEP) * before
;; expect when insn in {outsb, outsw, outsd}: rdi == launch.rdi and rsi == launch.rsi +
;;+           (-STEP if down else STEP) * before
;; expect when insn in {insb, insw, insd}: err == 2 | (4 if launch_cpl == 3 else 0) | (rights & 1)
;; expect when insn in {outsb, outsw, outsd}: err == (4 if launch_cpl == 3 else 0) | (rights & 1)
;; expect when not down: cr2 == DATA1
;; expect when down: cr2 == DATA0 + 0x1000 - STEP
;; expect when not down and insn in {insb, insw, insd}: mem(DATA0 + 0x1000 - split, 4) == 0
;; expect when insn in {insb, insd} and before == 0: mem(DATA0 + 0xff8, 16) == 0
%ifidn insn, insb
STEP equ 1
%elifidn insn, outsb
STEP equ 1
%elifidn insn, insw
STEP equ 2
%elifidn insn, outsw
STEP equ 2
%else
STEP equ 4
%endif
        mov edx, 0x360
        LAUNCH_SET flags, 0x3002
        mov xax, [before]
        mov ecx, eax
        shl ecx, STEP / 2
        mov xdi, DATA1
        mov xax, [rights]
        cmp dword [down], 0
        jne .down
        sub xdi, xcx
        sub xdi, [split]
        or eax, DATA1
        SETPTE DATA1, eax
        jmp .set
.down:  lea xdi, [xdi + xcx - STEP]
        or eax, DATA0
        SETPTE DATA0, eax
        LAUNCH_SET flags, 0x3402
.set:   mov xsi, xdi
        mov ecx, 5
        mov eax, -1
        LAUNCH
here:
%ifidn prefix, rep
        rep insn
%else
        insn
%endif
        STOP
