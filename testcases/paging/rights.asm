;; title:    U/S and R/W of every level are combined: an access needs them in all entries of its walk
;; why:      an emulator that asks the last entry alone, or that merges R/W of a level into the wrong privilege
;; cite:     SDM 3A 4.6.1 Determination of Access Rights; SDM 3A 4.7 Page-Fault Exceptions; APM 2 5.6 Page-Protection Checks
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; requires: nx
;; sweep:    user = 0..15
;; sweep:    writable = 0..15
;; sweep:    wp = 0 1
;; variant:  kind = read write execute
;; where:    mode == long64 or user < 4 and writable < 4
;; where:    wp == 1 or kind == write
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; expect when launch_cpl == 3 and user != all_levels: exit == PF
;; expect when kind == write and writable != all_levels and (launch_cpl == 3 or wp): exit == PF
;; expect when (launch_cpl == 0 or user == all_levels) and (kind != write or writable == all_levels or launch_cpl == 0 and not wp): exit == stop and rip == done
;; expect when exit == PF: cr2 == target and rip == (target if kind == execute else spot) and cpl == launch_cpl and regs == {}
;; expect when exit == PF: err == (1 | (4 if launch_cpl == 3 else 0) | (2 if kind == write else 0x10 if kind == execute
;;+          and mode == long64 else 0))
;; expect when exit == PF: mem(level1, 1) & 0x40 == 0 and mem(DATA0, 4) == launch_mem(DATA0, 4)
;; expect when exit == stop: mem(level1, 1) & 0x60 == (0x60 if kind == write else 0x20)
;; expect when exit == stop and kind == write: mem(DATA0, 4) == 0x11223344
%include "walk.inc"
target  equ TARGET
level1  equ LEVEL1
all_levels equ ALL_LEVELS
        WALK 0x21, 1                    ; what of the upper levels is accessed where the last refuses has a testcase of its own
%macro  RIGHTS 1
        LEVEL_BIT user, %1
        shl eax, 2
        or [LEVEL%1], eax
        LEVEL_BIT writable, %1
        shl eax, 1
        or [LEVEL%1], eax
%endmacro
        LEVELS RIGHTS
        WRITE_PROTECT [wp]
        AIM done
        mov eax, 0x11223344
        LAUNCH
spot:   ACCESS
done:   STOP
