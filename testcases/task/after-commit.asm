;; title:    A bad LDT, CS, SS or data segment in the new TSS faults in the new task, in its context, before its
;;+          first instruction
;; cite:     SDM 3A 7.3 Task Switching (table 7-1); SDM 3A Interrupt 10-Invalid TSS Exception (#TS), table 6-6
;; modes:    pm16 pm32
;; cpl:      0 3
;; touches:  STACK0+0xac0 0x40
;; sweep:    sel = 0x0 KCODE KDATA KDATA_F CODE_1_F DATA_1_F UCODE32 UCODE_F UCODE_XO UDATA_F CONF_0 CONF_3 UCODE_NP
;;+          UDATA_NP UDATA_RO KTSS2 SYS_LDT 0x160 BEYOND 0x218 0x84 LNULL
;; variant:  bad = new_cs new_ss new_ds new_gs new_ldt
;; variant:  how = jmp_gate int_gate
;; undefined: hidden.ds hidden.es hidden.fs hidden.gs
;; expect when bad == new_cs and sel in {0x0, KCODE, KDATA, KDATA_F, CODE_1_F, DATA_1_F, UDATA_F, UDATA_NP}: exit == TS
;; expect when bad == new_cs and sel in {UDATA_RO, KTSS2, SYS_LDT, 0x160, BEYOND, 0x218, 0x84, LNULL}: exit == TS
;; expect when bad == new_cs and sel == UCODE_NP: exit == NP
;; expect when bad == new_cs and sel in {UCODE32, UCODE_F, UCODE_XO, CONF_0, CONF_3}: exit == stop
;;+          and cs == sel | 3 and cpl == 3
;; expect when bad == new_ss and sel in {0x0, KCODE, KDATA, KDATA_F, CODE_1_F}: exit == TS
;; expect when bad == new_ss and sel in {DATA_1_F, UCODE32, UCODE_F, UCODE_XO, CONF_0}: exit == TS
;; expect when bad == new_ss and sel in {CONF_3, UCODE_NP, UDATA_RO, KTSS2, SYS_LDT}: exit == TS
;; expect when bad == new_ss and sel in {0x160, BEYOND, 0x218, 0x84, LNULL}: exit == TS
;; expect when bad == new_ss and sel == UDATA_NP: exit == SS_FAULT
;; expect when bad == new_ss and sel == UDATA_F: exit == stop and ss == sel | 3
;; expect when bad in {new_ds, new_gs} and sel in {KCODE, KDATA, KDATA_F, CODE_1_F, DATA_1_F, UCODE_XO}: exit == TS
;; expect when bad in {new_ds, new_gs} and sel in {KTSS2, SYS_LDT, 0x160, BEYOND, 0x218, 0x84, LNULL}: exit == TS
;; expect when bad in {new_ds, new_gs} and sel in {UCODE_NP, UDATA_NP}: exit == NP
;; expect when bad in {new_ds, new_gs} and sel in {0x0, UCODE32, UCODE_F, UDATA_F}: exit == stop
;; expect when bad in {new_ds, new_gs} and sel in {CONF_0, CONF_3, UDATA_RO}: exit == stop
;; expect when bad == new_ds and exit == stop: ds == sel | 3
;; expect when bad == new_gs and exit == stop: gs == sel | 3
;; expect when bad == new_ldt and sel not in {0x0, SYS_LDT}: exit == TS and ldtr == sel
;; expect when bad == new_ldt and sel in {0x0, SYS_LDT}: exit == stop and ldtr == sel
;; expect when exit != stop: err == sel & 0xfffc and arrival.rsp == STACK0_TOP - 0x400 - 24 and arrival.ss == KDATA
;; expect:   rip == target and tr == KTSS2 and rsp == STACK0_TOP - 0x800 and cr0 & 8 == 8
;;+          and flags.nt == (1 if how == int_gate else 0)
;; expect:   mem(GDT + KTSS2 + 5, 1) == 0x8b and mem(GDT + KTSS + 5, 1) == (0x8b if how == int_gate else 0x89) and
;;+          mem(TSS + 0x20, 4) & 0xffff == after & 0xffff and mem(TSS + 0x38, 4) == launch.rsp
        mov dword [TSS2 + 0x20], target
        mov dword [TSS2 + 0x4c], UCODE32 | 3
        mov dword [TSS2 + 0x50], UDATA | 3
%assign i 0x48
%rep 6
 %if i != 0x4c && i != 0x50
        mov dword [TSS2 + i], UDATA | 3
 %endif
 %assign i i + 4
%endrep
        mov eax, [sel]
%ifnidn bad, new_ldt
        or al, 3
%endif
%ifidn bad, new_cs
        mov [TSS2 + 0x4c], eax
%elifidn bad, new_ss
        mov [TSS2 + 0x50], eax
%elifidn bad, new_ds
        mov [TSS2 + 0x54], eax
%elifidn bad, new_gs
        mov [TSS2 + 0x5c], eax
%else
        mov [TSS2 + 0x60], ax
%endif
        SETDESC 0x168, KTSS2 << 16, 0xe500
        mov word [GATE(0x18) + 2], KTSS2
        mov byte [GATE(0x18) + 5], 0xe5
        LAUNCH
%ifidn how, jmp_gate
        jmp 0x168 | 3:0
%else
        int 0x18
%endif
after:  STOP
target: STOP
