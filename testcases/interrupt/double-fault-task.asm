;; title:    A double fault through a task gate is a new task: its own stack works where the old one is gone
;; why:      without it a bad stack at CPL 0 is a triple fault
;; cite:     SDM 3A Interrupt 8-Double Fault Exception (#DF); SDM 3A Exception- or Interrupt-Handler Tasks;
;;+          SDM 3A Task Switching, table "Exception Conditions Checked During a Task Switch"
;; modes:    pm32 pm32-p32 pm32-pae pm16 vm86
;; cpl:      0 3
;; touches:  TSS 0x80
;; touches:  TSS_DF 0x80
;; variant:  how = absent limit null
;; where:    how != absent or mode in {pm32-p32, pm32-pae}
;; where:    how != null or mode == vm86 or launch_cpl == 3
;; where:    how != limit or mode in {pm16, pm32, pm32-p32, pm32-pae} and launch_cpl == 0
;; expect:   exit == DF and err == 0 and rip & 0xffff == insn & 0xffff and cpl == launch_cpl
;; expect:   arrival.flags.nt == 1 and tr == KTSS_DF and cr0 & 8 == 8 and arrival.cpl == 0
;; expect:   mem(TSS_DF, 2) == KTSS and mem(GDT + KTSS_DF + 5, 1) == 0x8b and mem(GDT + KTSS + 5, 1) == 0x8b
;; expect:   mem(TSS + 0x20, 4) & 0xffff == insn & 0xffff and mem(TSS + 0x24, 4) & 0x4000 == 0
;; expect:   mem(TSS + 0x38, 4) == launch.rsp and mem(TSS + 0x4c, 2) == launch.cs and mem(TSS + 0x28, 4) == launch.rax
;; expect:   arrival.rsp == IST1_TOP - 4
%ifidn how, absent
 %if CPL == 3
        mov dword [TSS + 4], DATA3 + 0x800
 %else
        mov esp, DATA3 + 0x800
 %endif
        SETPTE DATA3, 0
%elifidn how, null
        mov dword [TSS + 8], 0
        mov dword [GATE(10) + 4], 0     ; and the #TS that this gives has no gate
%else
        SETDESC 0x160, (STACK12 & 0xffff) << 16 | 0x00ff, 0x00409300 | STACK12 >> 16
        LAUNCH_SET ss, 0x160
 %if WINDOW_BITS == 16
        mov esp, ARENA + 4
 %else
        mov esp, 4
 %endif
%endif
        LAUNCH
insn:   ud2
        STOP
