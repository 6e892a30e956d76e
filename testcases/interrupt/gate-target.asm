;; title:    The code segment of an interrupt gate: null, limit, type, DPL, 64-bit, presence, not RPL
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (TRAP-OR-INTERRUPT-GATE); SDM 3A 6.12.1.1 Protection of
;;+          Exception- and Interrupt-Handler Procedures; SDM 3A 6.14.1 64-Bit Mode IDT; SDM 3A 6.13 Error Code
;; modes:    pm16 pm32 compat16 compat32 long64
;; cpl:      0 1 3
;; sweep:    sel = 0x0 KCODE_F CODE_1_F CODE_2_F UCODE_F UCODE32 KCODE_ALT CONF_0 CONF_3 KCODE_NP UCODE_NP UCODE_LD
;;+          UCODE_XO KDATA_F UDATA_F KDATA_NP KTSS KTSS2 SYS_LDT FREE0 BEYOND 0x3f8 LCODE_0 LCODE_3 LDATA_3 LNULL
;;+          0x84 0x7fc
;; sweep:    rpl = 0 3
;; touches:  STACK12+0x380 0x80
;; touches:  STACK12+0x780 0x80
;; where:    mode in {compat16, compat32, long64} or sel != KCODE_ALT
;; where:    mode != compat16 or launch_cpl == 3
;; where:    rpl == 0 or kind == int_n
;; variant:  kind = int_n exception
;; expect when sel == 0: exit == GP and err == (1 if kind == exception else 0)
;; expect when sel in {KDATA_F, UDATA_F, KDATA_NP, KTSS, KTSS2, SYS_LDT}: exit == GP
;;+          and err == (sel | (1 if kind == exception else 0))
;; expect when sel in {FREE0, BEYOND, 0x3f8, LDATA_3, LNULL, 0x84, 0x7fc}: exit == GP
;;+          and err == (sel | (1 if kind == exception else 0))
;; expect when sel == CODE_1_F and launch_cpl < 1: exit == GP and err == (sel | (1 if kind == exception else 0))
;; expect when sel == CODE_2_F and launch_cpl < 2: exit == GP and err == (sel | (1 if kind == exception else 0))
;; expect when sel in {UCODE_F, UCODE32, UCODE_LD, UCODE_XO, UCODE_NP, CONF_3, LCODE_3} and launch_cpl < 3: exit == GP
;;+          and err == (sel | (1 if kind == exception else 0))
;; expect when mode in {compat16, compat32, long64} and sel in {KCODE_ALT, UCODE32, UCODE_LD}: exit == GP
;;+          and err == (sel | (1 if kind == exception else 0))
;; expect when sel == KCODE_NP or (sel == UCODE_NP and launch_cpl == 3): exit == NP
;;+          and err == (sel | (1 if kind == exception else 0))
;; expect when exit != stop: rip & 0xffff == insn & 0xffff and cpl == launch_cpl and rsp == launch.rsp
;;+          and ss == launch.ss
;; expect when sel in {KCODE_F, LCODE_0}: exit == stop and cs == sel and cpl == 0
;; expect when sel == CODE_1_F and launch_cpl >= 1: exit == stop and cs == sel | 1
;; expect when sel == CODE_2_F and launch_cpl >= 2: exit == stop and cs == sel | 2
;; expect when sel in {UCODE_F, UCODE_XO, LCODE_3} and launch_cpl == 3: exit == stop and cs == sel | 3
;; expect when sel == CONF_0 or (sel == CONF_3 and launch_cpl == 3): exit == stop and cs == sel | launch_cpl
;; expect when exit == stop: rip == target
%ifidn kind, int_n
 %assign n 0x18
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        SETGATE n, KCODE, target, 0xee
        mov byte [GATE(n) + 4], 0               ; no IST: SS stays what it was where the privilege level does
        mov eax, [sel]
        or eax, [rpl]
        mov [GATE(n) + 2], ax
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%else
        fnop
%endif
        STOP
target: STOP
