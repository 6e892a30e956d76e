;; title:    An access that the last entry refuses marks the tables above as accessed, and the page not as dirty
;; why:      the manual has the flag of a directory entry set when a protection violation is found, and leaves the page's own open
;; cite:     SDM 3A Interrupt 14-Page-Fault Exception (#PF), Exception Error Code, on the accessed flag; SDM 3A 4.8 Accessed and
;;+          Dirty Flags
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      3
;; requires: nx
;; variant:  kind = read write execute
;; variant:  refuse = supervisor readonly
;; where:    refuse == supervisor or kind == write
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; undefined: mem(PT_X + 8, 1) mem(PT_X + 0x804, 1)
;; undefined amd: mem(PT_TOP + 8, 1) mem(PT_TOP + 0x400, 1) mem(PT_3 + 8, 1) mem(PT_2 + 8, 1)
;; expect:   exit == PF and cr2 == target
;; expect:   err == (5 | (2 if kind == write else 0x10 if kind == execute and mode == long64 else 0))
;; expect intel: mem(level2, 1) == 0x27
;; expect intel when mode == long64: mem(level3, 1) == 0x27 and mem(level4, 1) == 0x27
;; expect:   mem(level1, 4) & 0x40 == 0 and mem(DATA0, 4) == launch_mem(DATA0, 4)
%include "walk.inc"
target  equ TARGET
level1  equ LEVEL1
level2  equ LEVEL2
level3  equ LEVEL3
level4  equ LEVEL4
%ifidn refuse, supervisor
        WALK 7, 3
%else
        WALK 7, 5
%endif
        AIM done
        LAUNCH
        ACCESS
done:   STOP
