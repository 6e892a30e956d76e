;; title:    The stack segment found in the TSS is checked: null, RPL, limit, type, DPL, presence
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (INTER-PRIVILEGE-LEVEL-INTERRUPT); SDM 3A Interrupt 10-Invalid
;;+          TSS Exception (#TS); SDM 3A 6.13 Error Code
;; modes:    pm16 pm32
;; cpl:      3
;; touches:  STACK12+0x380 0x80
;; sweep:    ss_sel = 0x0 DATA_1_F DATA_1 KDATA_F DATA_2_F UDATA_F CODE_1_F CONF_0 KTSS2 SYS_LDT 0x180 BEYOND 0x218
;;+          LDATA_3 LNULL 0x84 0x160 0x168 0x170 0x178
;; sweep:    ss_rpl = 0..3
;; variant:  kind = int_n exception
;; expect when ss_sel == 0: exit == TS and err == (1 if kind == exception else 0)
;; expect when ss_sel in {KDATA_F, DATA_2_F, UDATA_F, CODE_1_F, CONF_0, KTSS2, SYS_LDT, 0x180}: exit == TS
;;+          and err == (ss_sel | (1 if kind == exception else 0))
;; expect when ss_sel in {BEYOND, 0x218, LDATA_3, LNULL, 0x84, 0x160, 0x170, 0x178}: exit == TS
;;+          and err == (ss_sel | (1 if kind == exception else 0))
;; expect when ss_sel != 0 and ss_rpl != 1: exit == TS and err == (ss_sel | (1 if kind == exception else 0))
;; expect when ss_sel == 0x168 and ss_rpl == 1: exit == SS_FAULT and err == (ss_sel | (1 if kind == exception else 0))
;; expect when exit != stop: rip & 0xffff == insn & 0xffff and cpl == launch_cpl and rsp == launch.rsp
;;+          and ss == launch.ss
;;+          and arrival.rsp == STACK0_TOP - 24
;; expect when ss_sel in {DATA_1_F, DATA_1} and ss_rpl == 1: exit == stop and cpl == 1 and ss == ss_sel | 1
;;+          and rsp == STACK1_TOP - 20
        ; DPL 1: read-only, not present, readable code, read-only and not present
        SETDESC 0x160, 0x0000ffff, 0x00cfb000
        SETDESC 0x168, 0x0000ffff, 0x00cf3200
        SETDESC 0x170, 0x0000ffff, 0x00cfba00
        SETDESC 0x178, 0x0000ffff, 0x00cf3000
%ifidn kind, int_n
 %assign n 0x18
%elifidn kind, int3
 %assign n 3
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        SETGATE n, CODE_1_F, target, 0xee
        mov eax, [ss_sel]
        or eax, [ss_rpl]
        mov [TSS + 0x10], eax
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%elifidn kind, int3
        int3
%else
        fnop
%endif
        STOP
target: STOP
