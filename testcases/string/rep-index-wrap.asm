;; title:    An index register of 16 bits goes from the segment's last element on to offset 0, without a fault
;; cite:     SDM 2B LODS/LODSB/LODSW/LODSD/LODSQ, SCAS, Operation; SDM 1 3.6 Operand-Size and Address-Size
;;+          Attributes; APM 3 LODS
;; modes:    real unreal vm86 pm16 compat16
;; cpl:      0 3
;; sweep:    before = 1 2 3
;; sweep:    junk = 0 0x7654
;; variant:  insn = lods scas
;; variant:  unit = b w d
;; variant:  way = up down
;; touches:  DATA3+0xf80 128
;; expect:   exit == stop and rip & 0xffff == done & 0xffff and rcx == junk << 16
;; expect when way == up and insn == lods: rsi == junk << 16 | (4 - before) * width and rdi == launch.rdi
;; expect when way == down and insn == lods: rsi == junk << 16 | 0x10000 - (5 - before) * width
;; expect when way == up and insn == scas: rdi == junk << 16 | (4 - before) * width and rsi == launch.rsi
;; expect when way == down and insn == scas: rdi == junk << 16 | 0x10000 - (5 - before) * width
%ifidn unit, b
width   equ 1
%elifidn unit, w
width   equ 2
%else
width   equ 4
%endif
%if MODE == MODE_VM86
FLAGS   equ 0x20002
%else
FLAGS   equ 2
%endif
        mov ebx, [junk]
        shl ebx, 16
        mov eax, [before]
        imul eax, eax, width
%ifidn way, up
        LAUNCH_SET flags, FLAGS
        mov esi, 0x10000                ; `before` elements lie before the wrap
        sub esi, eax
%else
        LAUNCH_SET flags, FLAGS | 0x400
        lea esi, [xax - width]
%endif
        or esi, ebx
        mov edi, esi
        lea ecx, [xbx + 4]
        mov eax, 0x5a5a5a5a
        LAUNCH
%ifidn insn, lods
        rep lods %+ unit
%else
        repne scas %+ unit
%endif
done:   STOP
