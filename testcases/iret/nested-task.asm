;; title:    IRET with NT set in IA-32e mode is #GP(0), at every CPL and width
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation: IF IA32_EFER.LMA = 1 and NT = 1 THEN #GP(0); APM 3 IRET
;; modes:    compat16 compat32 long64
;; cpl:      0 1 2 3
;; sweep:    cs_sel = 0x0 KCODE_F UCODE_F FREE0
;; variant:  insn = iretw iretd iretq
;; where:    mode == long64 or insn != iretq
;; expect:   exit == GP and err == 0 and rip & 0xffff == iret_insn & 0xffff
;; expect:   cpl == launch_cpl and rsp == launch.rsp and flags.nt == 1 and regs == {}
        mov rsp, STACK_TOP - 40
        mov rax, [cs_sel]
        mov [rsp + 8], rax
        LAUNCH_SET flags, 0x4002
        LAUNCH
iret_insn:
%ifidn insn, iretw
        o16 iret
%elifidn insn, iretd
        o32 iret
%else
        iretq
%endif
        STOP
