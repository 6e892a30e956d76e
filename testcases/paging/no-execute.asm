;; title:    Bit 63 of an entry at any level forbids fetches with EFER.NXE, and is reserved without, for data too
;; why:      an emulator that honours the bit in the last entry alone, or ignores it while NXE is clear
;; cite:     SDM 3A 4.6.1 Determination of Access Rights; SDM 3A 4.7 Page-Fault Exceptions (RSVD and I/D flags); SDM 3A table 4-19
;;+          (Format of a Page-Table Entry, bit 63); APM 2 5.6.1 No Execute (NX) Bit
;; modes:    pm32-pae long64
;; cpl:      0 3
;; requires: nx
;; sweep:    nx = 0..15
;; sweep:    nxe = 0 1
;; sweep:    present = 0 1
;; variant:  kind = read write execute
;; where:    mode == long64 or nx < 4
;; touches:  PT_TOP 64  PT_X 64  PT_3 64  PT_2 64
;; expect when present and (nx == 0 or nxe and kind != execute): exit == stop and rip == done
;; expect when not present or nx != 0 and (not nxe or kind == execute): exit == PF and cr2 == target
;;+          and rip == (target if kind == execute else spot)
;; expect when exit == PF: err == ((4 if launch_cpl == 3 else 0) | (2 if kind == write else 0x10 if kind == execute and nxe else 0)
;;+          | (9 if nx > 1 and not nxe else 0 if not present else 9 if not nxe else 1))
;; expect when exit == PF: mem(level1, 1) & 0x40 == 0 and mem(DATA0, 4) == launch_mem(DATA0, 4)
%include "walk.inc"
target  equ TARGET
level1  equ LEVEL1
        WALK 0x27, 6
        mov eax, [present]
        or [LEVEL1], eax
        NO_EXECUTE [nxe]
%macro  FORBID 1
        LEVEL_BIT nx, %1
        shl eax, 31
        or [LEVEL%1 + 4], eax
%endmacro
        LEVELS FORBID
        AIM done
        LAUNCH
spot:   ACCESS
done:   STOP
