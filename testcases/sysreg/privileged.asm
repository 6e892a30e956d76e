;; title:    Privileged instructions above CPL 0 are #GP(0), before their operand is read or their value is looked
;;+          at
;; cite:     SDM 3A 5.9 Privileged Instructions; SDM 2A to 2D, Protected Mode Exceptions of each; APM 2 4.9
;;+          Protection of system instructions
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      1 2 3
;; requires: cpuid msr
;; sweep:    value = 0 0xffffffff
;; variant:  insn = hlt clts invd wbinvd rdmsr wrmsr read_cr0 read_cr2 read_cr3 read_cr4 write_cr0 write_cr2
;;+          write_cr3 write_cr4 read_dr0 read_dr6 read_dr7 write_dr0 write_dr6 write_dr7 lmsw lmsw_mem lgdt lidt
;;+          lldt lldt_mem ltr ltr_mem invlpg
;; variant:  page = present absent
;; where:    page == present or insn in {lmsw_mem, lgdt, lidt, lldt_mem, ltr_mem, invlpg} and mode in {pm32-p32,
;;+          compat32, long64}
;; expect:   exit == GP and err == 0 and rip & 0xffff == here & 0xffff and regs == {} and changed == {frame}
;; expect:   cr0 == launch.cr0 and cr3 == launch.cr3 and cr4 == launch.cr4 and dr7 == launch.dr7 and cr2 == 0
%include "window.inc"
%ifidn page, absent
        SETPTE DATA1, 0
%endif
        mov eax, [value]
        mov ecx, eax
%define MEMORY [SEGOFF(DATA1)]
%defstr name insn
%substr kind name 1, 4
        LAUNCH
here:
%ifidn insn, lmsw
        lmsw ax
%elifidn insn, lldt
        lldt ax
%elifidn insn, ltr
        ltr ax
%elifidn insn, lmsw_mem
        lmsw MEMORY
%elifidn insn, lldt_mem
        lldt MEMORY
%elifidn insn, ltr_mem
        ltr MEMORY
%elifidn insn, lgdt
        lgdt MEMORY
%elifidn insn, lidt
        lidt MEMORY
%elifidn insn, invlpg
        invlpg MEMORY
%elifidn kind, 'read'
 %substr number name 6, 3
 %deftok register number
        mov wax, register
%elifidn kind, 'writ'
 %substr number name 7, 3
 %deftok register number
        mov register, wax
%else
        insn
%endif
        STOP
