;; title:    SMEP: the supervisor does not fetch from a page that every level gives to the user; the error code shows
;;+          a fetch where SMEP, or NXE with PAE, is on
;; why:      an emulator that takes a page for the user's by its last entry, or sets I/D by NXE alone
;; cite:     SDM 3A 4.6.1 Determination of Access Rights; SDM 3A 4.7 Page-Fault Exceptions (I/D flag);
;;+          APM 2 5.6.5 Supervisor-Mode Execution Prevention
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; requires: smep nx
;; sweep:    user = 0..15
;; sweep:    present = 0 1
;; sweep:    smep = 0 1
;; sweep:    nxe = 0 1
;; variant:  kind = execute read
;; where:    mode == long64 or user < 4
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; expect when present and (user == all_levels and (launch_cpl == 3 or not smep or kind == read) or launch_cpl == 0 and user != all_levels): exit == stop and rip == done
;; expect when not present or launch_cpl == 3 and user != all_levels or launch_cpl == 0 and user == all_levels and smep and kind == execute: exit == PF and cr2 == target and rip == (target if kind == execute else spot)
;; expect when exit == PF: err == (present | (4 if launch_cpl == 3 else 0) | (0x10 if kind == execute and (smep
;;+          or nxe and mode != pm32-p32) else 0))
%include "walk.inc"
target  equ TARGET
all_levels equ ALL_LEVELS
        WALK 0x23, 2
        mov eax, [present]
        or [LEVEL1], eax
%macro  RIGHTS 1
        LEVEL_BIT user, %1
        shl eax, 2
        or [LEVEL%1], eax
%endmacro
        LEVELS RIGHTS
%if CPL == 0
        SETPTE CODE, CODE | 3
%endif
        NO_EXECUTE [nxe]
        CR4_BIT CR4_SMEP, [smep]
        AIM done
        LAUNCH
spot:   ACCESS
done:   STOP
