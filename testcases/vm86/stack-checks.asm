;; title:    An exit from virtual-8086 mode checks SS0 of the TSS: null, limit, RPL, DPL, type, presence, and room for
;;+          nine words
;; why:      #TS and #SS take a task gate here: through an interrupt gate they would meet the same stack
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (INTERRUPT-FROM-VIRTUAL-8086-MODE); SDM 3A Interrupt 10-Invalid
;;+          TSS Exception (#TS); SDM 3A Interrupt 12-Stack Fault Exception (#SS)
;; modes:    vm86
;; touches:  TSS2 0x80
;; sweep:    ss_sel = 0x0 0x1 KDATA_F DATA_1 DATA_1_F UDATA UDATA_F KCODE_F CONF_0 KDATA_NP KDATA_RO KTSS2 SYS_LDT FREE0
;;+          BEYOND LDATA_0 LDATA_3 LNULL 0x84 0x168
;; sweep:    esp0 = 0x47f00 0x47023
;; variant:  kind = int_n exception
;; where:    esp0 == 0x47f00 or ss_sel in {KDATA_F, 0x168}
;; expect:   cpl == 0
;; expect when ss_sel in {KDATA_F, LDATA_0}: exit == stop and ss == ss_sel and rsp == esp0 - 36
;; expect when ss_sel == 0x168 and esp0 == 0x47f00: exit == stop and ss == ss_sel and rsp == esp0 - 36
;; expect when ss_sel == 0x0: exit == BP_ and mem(rsp, 4) == (1 if kind == exception else 0)
;; expect when ss_sel in {0x1, DATA_1, DATA_1_F, UDATA, UDATA_F, KCODE_F, CONF_0, KDATA_RO}: exit == BP_
;;+          and mem(rsp, 4) == (ss_sel & 0xfffc | (1 if kind == exception else 0))
;; expect when ss_sel in {KTSS2, SYS_LDT, FREE0, BEYOND, LDATA_3, LNULL, 0x84}: exit == BP_
;;+          and mem(rsp, 4) == (ss_sel & 0xfffc | (1 if kind == exception else 0))
;; expect when ss_sel == KDATA_NP: exit == 0x30 and mem(rsp, 4) == (ss_sel | (1 if kind == exception else 0))
;; expect when ss_sel == 0x168 and esp0 == 0x47023: exit == 0x30
;;+          and mem(rsp, 4) == (ss_sel | (1 if kind == exception else 0))
;; expect when exit in {BP_, 0x30}: tr in {KTSS2, KTSS_DF} and mem(TSS + 0x20, 4) == insn - ARENA
;;+          and mem(TSS + 0x24, 4) & 0x20000 == 0x20000
        ; data of DPL 0, expand-down: valid from 0x47000 on
        SETDESC 0x168, 0x00046fff, 0x00409600
        or byte [GDT + 0x168 + 6], 4
%ifidn kind, int_n
 %assign n 0x18
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        SETGATE n, KCODE, target, 0xee
        mov word [GATE(10) + 2], KTSS2
        mov byte [GATE(10) + 5], 0x85
        mov word [GATE(12) + 2], KTSS_DF
        mov byte [GATE(12) + 5], 0x85
        mov dword [TSS2 + 0x20], invalid_tss
        mov dword [TSS_DF + 0x20], stack_fault
        mov eax, [ss_sel]
        mov [TSS + 8], eax
        mov eax, [esp0]
        mov [TSS + 4], eax
        LAUNCH_SET flags, 0x23002
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%else
        fnop
%endif
        STOP
        bits 32
target: STOP
invalid_tss:
        int3
stack_fault:
        int 0x30
