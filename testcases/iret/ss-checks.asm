;; title:    IRET to an outer level checks the return SS: null, limit, RPL, type, DPL, presence
;; why:      the manual's Operation and its exception list do not agree on #NP or #SS for a segment that is not
;;+           present
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (RETURN-TO-OUTER-PRIVILEGE-LEVEL, IA-32e-MODE-RETURN) and
;;+           Protected Mode Exceptions; APM 3 IRET
;; modes:    pm16 pm32 pm32-p32 compat32 long64
;; cpl:      0 1 2
;; sweep:    ss_sel = 0x0 KDATA_F DATA_1_F DATA_2_F UDATA_F UDATA KCODE_F UCODE_F KDATA_NP UDATA_NP KDATA_RO
;;+           UDATA_RO UDATA_DOWN KTSS2 SYS_LDT FREE0 BEYOND 0x218 LDATA_0 LDATA_3 LCODE_3 LNULL 0x84
;; sweep:    ss_rpl = 0 1 2 3
;; sweep:    rpl = 0 1 2 3
;; variant:  insn = iretd iretq
;; where:    mode == long64 or insn == iretd
;; where:    rpl >= launch_cpl and (rpl > launch_cpl or mode == long64)
;; expect when ss_sel == 0 and (mode not in {compat32, long64} or rpl == 3): exit == GP and err == 0
;; expect when ss_sel == 0 and mode in {compat32, long64} and rpl < 3: exit == stop and cpl == rpl
;;+          and ss == ss_rpl and rsp == STACK_TOP - 0x20
;; expect when ss_sel in {BEYOND, 0x218, 0x84}: exit == GP and err == ss_sel
;; expect when ss_rpl != rpl and ss_sel != 0: exit == GP and err == ss_sel
;; expect when ss_sel in {KCODE_F, UCODE_F, KDATA_RO, UDATA_RO, KTSS2, SYS_LDT, FREE0, LCODE_3, LNULL}: exit == GP and err == ss_sel
;; expect when ss_sel in {KDATA_F, KDATA_NP, LDATA_0} and rpl != 0: exit == GP and err == ss_sel
;; expect when ss_sel == DATA_1_F and rpl != 1: exit == GP and err == ss_sel
;; expect when ss_sel == DATA_2_F and rpl != 2: exit == GP and err == ss_sel
;; expect when ss_sel in {UDATA_F, UDATA, UDATA_NP, UDATA_DOWN, LDATA_3} and rpl != 3: exit == GP and err == ss_sel
;; expect when ss_sel == UDATA_NP and rpl == 3 and ss_rpl == 3: exit in {SS_FAULT, NP} and err == ss_sel
;; expect when ss_sel in {UDATA_F, UDATA, LDATA_3} and rpl == 3 and ss_rpl == 3: exit == stop and cpl == 3 and ss == ss_sel | 3 and rsp == STACK_TOP - 0x20
;; expect when exit != stop: rip & 0xffff == iret_insn & 0xffff and cpl == launch_cpl and rsp == launch.rsp
;;+          and regs == {} and ss == launch.ss
;; expect when exit == stop: rip == target
%ifidn insn, iretq
%define SLOT 8
%else
%define SLOT 4
%endif
        mov xsp, STACK_TOP - 5 * SLOT
        mov dword [xsp], target
        mov ebx, [rpl]
        movzx eax, word [cs_of_rpl + xbx * 2]
        mov [xsp + SLOT], eax
        mov dword [xsp + 2 * SLOT], 2
        mov dword [xsp + 3 * SLOT], STACK_TOP - 0x20
        mov eax, [ss_sel]
        or eax, [ss_rpl]
        mov [xsp + 4 * SLOT], eax
        LAUNCH
iret_insn:
%ifidn insn, iretq
        iretq
%else
        o32 iret
%endif
        STOP
target: STOP
cs_of_rpl:
        dw KCODE, CODE_1 | 1, CODE_2 | 2, UCODE_F | 3
