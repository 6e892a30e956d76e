;; title:    A walk sets the accessed flag in every entry that it uses, the dirty flag in the last alone, and no other bit
;; why:      an emulator that marks the page only, or takes bit 6 of a table's entry for a dirty flag
;; cite:     SDM 3A 4.8 Accessed and Dirty Flags; APM 2 5.4.2 Page-Translation-Table Entry Fields
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; sweep:    accessed_before = 0..15
;; sweep:    dirty_before = 0 0x40
;; sweep:    ignored = 0 0x40
;; variant:  kind = read write execute
;; where:    mode == long64 or accessed_before < 4
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; expect:   exit == stop and rip == done
;; expect:   mem(level1, 4) & 0xfff == (0x67 if kind == write else 0x27 | dirty_before)
;; expect:   mem(level2, 4) & 0xfff == 0x27 | ignored
;; expect when mode == long64: mem(level3, 8) == below3 | 0x27 | ignored and mem(level4, 8) == below4 | 0x27 | ignored
%include "walk.inc"
level1  equ LEVEL1
level2  equ LEVEL2
level3  equ LEVEL3
level4  equ LEVEL4
below3  equ BELOW3
below4  equ BELOW4
        WALK 7, 7
%macro  FLAGS 1
        LEVEL_BIT accessed_before, %1
        shl eax, 5
%if %1 == 1
        or eax, [dirty_before]
%else
        or eax, [ignored]
%endif
        or [LEVEL%1], eax
%endmacro
        LEVELS FLAGS
        AIM done
        LAUNCH
        ACCESS
done:   STOP
