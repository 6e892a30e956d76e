;; title:    CALL through a gate checks the stack it finds in the TSS: TSS limit, null, RPL, limit, type, DPL,
;;+          presence, room
;; cite:     SDM 2A CALL, Operation (MORE-PRIVILEGE) and Protected Mode Exceptions; SDM 3A Interrupt 10-Invalid TSS
;;+          Exception (#TS)
;; modes:    pm16 pm32
;; cpl:      3
;; touches:  STACK12+0x380 0x80
;; sweep:    ss_sel = 0x0 DATA_1_F DATA_1 KDATA_F DATA_2_F UDATA_F CODE_1_F CONF_0 KTSS2 SYS_LDT 0x190 BEYOND 0x218
;;+          LDATA_3 LNULL 0x84 0x170 0x178 0x180 0x188
;; sweep:    ss_rpl = 0..3
;; sweep:    tss_limit = 11 16 17 19 0x67
;; where:    tss_limit == 0x67 or ss_rpl == 1
;; expect when tss_limit < 17: exit == TS and err == FREE0
;; expect when tss_limit >= 19 and ss_sel == 0: exit == TS and err == 0
;; expect when tss_limit >= 19 and ss_sel in {KDATA_F, DATA_2_F, UDATA_F, CODE_1_F, CONF_0, KTSS2, SYS_LDT, 0x190}:
;;+          exit == TS and err == ss_sel
;; expect when tss_limit >= 19 and ss_sel in {BEYOND, 0x218, LDATA_3, LNULL, 0x84, 0x170, 0x180, 0x188}: exit == TS
;;+          and err == ss_sel
;; expect when tss_limit >= 19 and ss_sel != 0 and ss_rpl != 1: exit == TS and err == ss_sel
;; expect when tss_limit >= 19 and ss_sel == 0x178 and ss_rpl == 1: exit == SS_FAULT and err == ss_sel
;; expect intel when tss_limit in {17, 19} and ss_sel in {DATA_1_F, DATA_1}: exit == stop
;; expect when exit != stop: rip & 0xffff == branch & 0xffff and cpl == launch_cpl and rsp == launch.rsp
;;+          and ss == launch.ss
;;+          and arrival.rsp == STACK0_TOP - 24
;; expect when tss_limit >= 19 and ss_sel in {DATA_1_F, DATA_1} and ss_rpl == 1: exit == stop and cpl == 1
;;+          and ss == ss_sel | 1 and rsp == STACK1_TOP - 16
        ; DPL 1: read-only, not present, readable code, read-only and not present
        SETDESC 0x170, 0x0000ffff, 0x00cfb000
        SETDESC 0x178, 0x0000ffff, 0x00cf3200
        SETDESC 0x180, 0x0000ffff, 0x00cfba00
        SETDESC 0x188, 0x0000ffff, 0x00cf3000
        mov eax, [tss_limit]
        or eax, (TSS & 0xffff) << 16
        SETDESC FREE0, eax, 0x8900 | TSS >> 16
        LAUNCH_SET tr, FREE0
        mov eax, target
        mov [GDT + 0x168], ax
        mov word [GDT + 0x16a], CODE_1_F
        mov word [GDT + 0x16c], 0xec00
        shr eax, 16
        mov [GDT + 0x16e], ax
        mov eax, [ss_sel]
        or eax, [ss_rpl]
        mov [TSS + 0x10], eax
        LAUNCH
branch: call 0x168 | 3:0
        STOP
target: STOP
