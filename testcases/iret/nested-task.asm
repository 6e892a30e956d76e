;; title:    IRET with NT set in IA-32e mode is #GP(0), at every CPL and width
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation: IF IA32_EFER.LMA = 1 and NT = 1 THEN #GP(0); APM 3 IRET
;; modes:    long64
;; cpl:      0 1 2 3
;; sweep:    cs_sel = 0x0 KCODE_F UCODE_F FREE0
;; variant:  insn = iretw iretd iretq
;; expect:   exit == GP and err == 0 and rip == iret_insn
;; expect:   cpl == launch_cpl and rsp == launch.rsp and flags.nt == 1 and regs == {}
        mov rsp, STACK_TOP - 40
        mov rax, [cs_sel]
        mov [rsp + 8], rax
        LAUNCH_SET flags, 0x4002
        LAUNCH
iret_insn:
        insn
        STOP
