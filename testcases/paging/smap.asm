;; title:    SMAP: the supervisor's data accesses to a page that every level gives to the user fault unless EFLAGS.AC is set
;; why:      an emulator that asks AC at CPL 3 too, lets writes pass, or forgets that a supervisor's table makes a supervisor's page
;; cite:     SDM 3A 4.6.1 Determination of Access Rights; SDM 3A 4.7 Page-Fault Exceptions; APM 2 5.6.6 Supervisor-Mode Access Prevention
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; requires: smap
;; sweep:    user = 0..15
;; sweep:    smap = 0 1
;; sweep:    ac = 0 1
;; sweep:    writable = 0 1
;; sweep:    wp = 0 1
;; variant:  kind = read write execute
;; where:    mode == long64 or user < 4
;; where:    kind == write or writable and wp
;; where:    launch_cpl == 0 or smap and wp
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; expect when launch_cpl == 3 and (user != all_levels or not writable): exit == PF
;; expect when launch_cpl == 3 and user == all_levels and writable: exit == stop
;; expect when launch_cpl == 0: exit == (PF if kind != execute and smap and user == all_levels and not ac or kind == write
;;+          and wp and not writable else stop)
;; expect when exit == stop: rip == done
;; expect when exit == PF and kind != execute: cr2 == target and rip == spot and regs == {} and err == (1 | (4 if launch_cpl == 3 else 0)
;;+          | (2 if kind == write else 0))
;; expect when exit == PF: mem(DATA0, 4) == launch_mem(DATA0, 4)
%include "walk.inc"
target  equ TARGET
all_levels equ ALL_LEVELS
        WALK 0x23, 1
        mov eax, [writable]
        add eax, eax
        or [LEVEL1], eax
%macro  RIGHTS 1
        LEVEL_BIT user, %1
        shl eax, 2
        or [LEVEL%1], eax
%endmacro
        LEVELS RIGHTS
        SUPERVISOR_TABLES
        WRITE_PROTECT [wp]
        CR4_BIT CR4_SMAP, [smap]
        mov xax, [ac]
        shl eax, 18
        or eax, 2
        LAUNCH_SET flags, xax
        AIM done
        LAUNCH
spot:   ACCESS
done:   STOP
