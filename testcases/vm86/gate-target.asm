;; title:    From virtual-8086 mode a gate may lead to non-conforming code of DPL 0 only: all else is #GP with its
;;+          selector
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (TRAP-OR-INTERRUPT-GATE: VM = 1 and DPL not 0, VM = 1 and
;;+          conforming); SDM 3A Protection of Exception- and Interrupt-Handler Procedures
;; modes:    vm86
;; sweep:    sel = 0x0 KCODE_F CODE_1_F CODE_2_F UCODE_F UCODE32 CONF_0 CONF_3 KCODE_NP UCODE_NP UCODE_XO KDATA_F
;;+          UDATA_F KDATA_NP KTSS KTSS2 SYS_LDT FREE0 BEYOND 0x3f8 LCODE_0 LCODE_3 LDATA_3 LNULL 0x84 0x7fc
;; sweep:    rpl = 0 3
;; variant:  kind = int_n exception
;; where:    rpl == 0 or kind == int_n
;; expect when sel == 0: exit == GP and err == (1 if kind == exception else 0)
;; expect when sel in {CODE_1_F, CODE_2_F, UCODE_F, UCODE32, UCODE_XO, CONF_0, CONF_3, LCODE_3}: exit == GP
;;+          and err == (sel | (1 if kind == exception else 0))
;; expect when sel in {KDATA_F, UDATA_F, KDATA_NP, KTSS, KTSS2, SYS_LDT, LDATA_3}: exit == GP
;;+          and err == (sel | (1 if kind == exception else 0))
;; expect when sel in {FREE0, BEYOND, 0x3f8, LNULL, 0x84, 0x7fc}: exit == GP
;;+          and err == (sel | (1 if kind == exception else 0))
;; expect when sel in {KCODE_NP, UCODE_NP}: exit == NP and err == (sel | (1 if kind == exception else 0))
;; expect when sel in {KCODE_F, LCODE_0}: exit == stop and rip == target and cs == sel and cpl == 0
;; expect when exit != stop: rip == insn - ARENA and flags.vm == 1 and rsp == launch.rsp and regs == {}
%ifidn kind, int_n
 %assign n 0x18
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        SETGATE n, KCODE, target, 0xee
        mov eax, [sel]
        or eax, [rpl]
        mov [GATE(n) + 2], ax
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
