;; title:    IRET checks the return CS: null, limit, type, RPL against CPL and DPL, presence, in this order
;; why:      emulators report the wrong vector or a zero error code when several checks fail at once
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (PROTECTED-MODE-RETURN, IA-32e-MODE-RETURN) and Protected Mode Exceptions; APM 3 IRET
;; modes:    pm16 pm32 pm32-pae compat32 long64
;; cpl:      0 1 2 3
;; sweep:    sel = 0x0 KCODE_F CODE_1_F CODE_2_F UCODE_F UCODE32 CONF_0 CONF_3 KCODE_NP UCODE_NP UCODE_LD UCODE_XO KDATA_F UDATA_F KDATA_NP KTSS KTSS2 KLDT SYS_LDT FREE0 BEYOND 0x218 0x3f8 LCODE_0 LCODE_3 LDATA_3 LNULL 0x84 0x7fc
;; sweep:    rpl = 0 1 2 3
;; variant:  insn = iretd iretq
;; where:    mode == long64 or insn == iretd
;; expect when sel == 0: exit == GP and err == 0
;; expect when sel in {KDATA_F, UDATA_F, KDATA_NP, KTSS, KTSS2, KLDT, SYS_LDT, FREE0, BEYOND, 0x218, 0x3f8, LDATA_3, LNULL, 0x84, 0x7fc}: exit == GP and err == sel
;; expect when rpl < launch_cpl and sel != 0: exit == GP and err == sel
;; expect when mode in {compat32, long64} and sel == UCODE_LD: exit == GP and err == sel
;; expect when sel in {KCODE_F, KCODE_NP, LCODE_0} and rpl != 0: exit == GP and err == sel
;; expect when sel == CODE_1_F and rpl != 1: exit == GP and err == sel
;; expect when sel == CODE_2_F and rpl != 2: exit == GP and err == sel
;; expect when sel in {UCODE_F, UCODE32, UCODE_XO, UCODE_NP, LCODE_3} and rpl != 3: exit == GP and err == sel
;; expect when mode not in {compat32, long64} and sel == UCODE_LD and rpl != 3: exit == GP and err == sel
;; expect when sel == KCODE_NP and rpl == 0 and launch_cpl == 0: exit == NP and err == sel
;; expect when sel == UCODE_NP and rpl == 3: exit == NP and err == sel
;; expect when sel == CONF_3 and rpl < 3: exit == GP and err == sel
;; expect when sel in {KCODE_F, LCODE_0} and rpl == 0 and launch_cpl == 0: exit == stop and cs == sel and cpl == 0
;; expect when sel == CONF_0 and rpl >= launch_cpl: exit == stop and cs == sel | rpl and cpl == rpl
;; expect when sel in {UCODE_F, UCODE32, UCODE_XO, LCODE_3, CONF_3} and rpl == 3: exit == stop and cs == sel | 3
;;+          and cpl == 3 and ss == (launch.ss if launch_cpl == 3 else UDATA | 3)
;; expect when mode not in {compat32, long64} and sel == UCODE_LD and rpl == 3: exit == stop and cs == sel | 3
;;+          and cpl == 3
;; expect when exit != stop: rip & 0xffff == iret_insn & 0xffff and cpl == launch_cpl and rsp == launch.rsp
;;+          and regs == {} and cs == launch.cs
;; expect when exit == stop: rip == target
%ifidn insn, iretq
%define SLOT 8
%else
%define SLOT 4
%endif
        mov xsp, STACK_TOP - 5 * SLOT
        mov dword [xsp], target
        mov eax, [sel]
        or eax, [rpl]
        mov [xsp + SLOT], eax
        mov dword [xsp + 2 * SLOT], 2
        mov dword [xsp + 3 * SLOT], STACK_TOP
        mov ebx, [rpl]
        movzx eax, word [ss_of_rpl + xbx * 2]
        mov [xsp + 4 * SLOT], eax
        mov eax, KDATA
        LAUNCH
iret_insn:
%ifidn insn, iretq
        iretq
%else
        o32 iret
%endif
        STOP
target: STOP
ss_of_rpl:
        dw KDATA, DATA_1 | 1, DATA_2 | 2, UDATA | 3
