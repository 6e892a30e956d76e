;; title:    The code segment a call gate names: null, limit, type, DPL, 64-bit, presence; JMP may not change the
;;+          level
;; cite:     SDM 2A CALL, Operation (CALL-GATE); SDM 2A JMP, Operation (CALL-GATE); SDM 3A 5.8.3.1 IA-32e Mode Call
;;+          Gates
;; modes:    pm16 pm32 compat32 long64
;; cpl:      0 1 3
;; sweep:    sel = 0x0 KCODE_F CODE_1_F CODE_2_F UCODE_F UCODE32 KCODE_ALT CONF_0 CONF_3 KCODE_NP UCODE_NP UCODE_LD
;;+          UCODE_XO KDATA_F UDATA_F KDATA_NP KTSS KTSS2 SYS_LDT 0x178 BEYOND 0x3f8 LCODE_0 LCODE_3 LDATA_3 LNULL
;;+          0x84 0x7fc
;; sweep:    rpl = 0 3
;; touches:  STACK12+0x380 0x80
;; touches:  STACK12+0x780 0x80
;; variant:  insn = call jmp
;; where:    mode in {compat32, long64} or sel != KCODE_ALT
;; expect when sel == 0: exit == GP and err == 0
;; expect when sel in {KDATA_F, UDATA_F, KDATA_NP, KTSS, KTSS2, SYS_LDT}: exit == GP and err == sel
;; expect when sel in {0x178, BEYOND, 0x3f8, LDATA_3, LNULL, 0x84, 0x7fc}: exit == GP and err == sel
;; expect when sel == CODE_1_F and launch_cpl < 1: exit == GP and err == sel
;; expect when sel == CODE_2_F and launch_cpl < 2: exit == GP and err == sel
;; expect when sel in {UCODE_F, UCODE32, UCODE_LD, UCODE_XO, UCODE_NP, CONF_3, LCODE_3} and launch_cpl < 3: exit == GP
;;+          and err == sel
;; expect when insn == jmp and sel in {KCODE_F, KCODE_NP, KCODE_ALT, LCODE_0} and launch_cpl != 0: exit == GP
;;+          and err == sel
;; expect when insn == jmp and sel == CODE_1_F and launch_cpl != 1: exit == GP and err == sel
;; expect when insn == jmp and sel == CODE_2_F and launch_cpl != 2: exit == GP and err == sel
;; expect when mode in {compat32, long64} and sel in {KCODE_ALT, UCODE32, UCODE_LD}: exit == GP and err == sel
;; expect when sel == KCODE_NP and (insn == call or launch_cpl == 0): exit == NP and err == sel
;; expect when sel == UCODE_NP and launch_cpl == 3: exit == NP and err == sel
;; expect when exit != stop: rip & 0xffff == branch & 0xffff and cpl == launch_cpl and rsp == launch.rsp
;;+          and ss == launch.ss
;; expect when sel in {KCODE_F, LCODE_0} and (insn == call or launch_cpl == 0): exit == stop and cs == sel
;;+          and cpl == 0
;; expect when sel == CODE_1_F and (launch_cpl == 1 or (insn == call and launch_cpl > 1)): exit == stop
;;+          and cs == sel | 1
;; expect when sel == CODE_2_F and (launch_cpl == 2 or (insn == call and launch_cpl > 2)): exit == stop
;;+          and cs == sel | 2
;; expect when sel in {UCODE_F, UCODE_XO, LCODE_3} and launch_cpl == 3: exit == stop and cs == sel | 3
;; expect when sel == CONF_0 or (sel == CONF_3 and launch_cpl == 3): exit == stop and cs == sel | launch_cpl
;; expect when exit == stop: rip == target
;; expect when exit == stop and cpl != 0: arrival.rsp == STACK0_TOP - (40 if mode in {compat32, long64} else 20)
        mov eax, target
        mov [GDT + FREE0], ax
        mov ecx, [sel]
        or ecx, [rpl]
        mov [GDT + FREE0 + 2], cx
        mov word [GDT + FREE0 + 4], 0xec00
        shr eax, 16
        mov [GDT + FREE0 + 6], ax
        LAUNCH
branch:
%if WINDOW_BITS == 64
        insn dword far [abs pointer]
%else
        insn FREE0 | 3:0
%endif
        STOP
target: STOP
pointer:
        dd 0x12345678
        dw FREE0 | 3
