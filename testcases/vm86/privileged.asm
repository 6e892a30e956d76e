;; title:    Privileged instructions are #GP(0) in virtual-8086 mode, whatever IOPL; SGDT, SIDT
;;+          and SMSW are not privileged
;; cite:     SDM 3B Virtual-8086 Mode, Protection Rules; SDM 2A HLT, LGDT/LIDT, LMSW; SDM 2A MOV-Move to/from Control
;;+          Registers; SDM 2B SGDT, SIDT, SMSW, Virtual-8086 Mode Exceptions
;; modes:    vm86
;; sweep:    iopl = 0 3
;; variant:  insn = hlt clts invd wbinvd lgdt lidt lmsw invlpg read_cr0 write_cr0 read_cr4 write_cr3 read_dr7 write_dr0
;;+          rdmsr wrmsr sgdt sidt smsw
;; expect when insn not in {sgdt, sidt, smsw}: exit == GP and err == 0 and rip == here - ARENA and regs == {}
;; expect when insn in {sgdt, sidt, smsw}: exit == stop and rip == after - ARENA
;; expect when insn == sgdt: mem(DATA0, 2) == GDT_LIMIT and mem(DATA0 + 2, 3) == GDT
;; expect when insn == sidt: mem(DATA0, 2) == 0x7ff and mem(DATA0 + 2, 3) == VECTORS
;; expect when insn == smsw: rax & 0xffff == cr0 & 0xffff
;; expect:   cpl == 3 and flags.vm == 1 and cr0 == launch.cr0 and gdt_limit == launch.gdt_limit
        mov eax, [iopl]
        shl eax, 12
        or eax, 0x20002
        LAUNCH_SET flags, eax
        mov ebx, OFF(DATA0)
        mov ecx, 0x174
        LAUNCH
here:
%ifidn insn, lmsw
        lmsw ax
%elifidn insn, read_cr0
        mov eax, cr0
%elifidn insn, write_cr0
        mov cr0, eax
%elifidn insn, read_cr4
        mov eax, cr4
%elifidn insn, write_cr3
        mov cr3, eax
%elifidn insn, read_dr7
        mov eax, dr7
%elifidn insn, write_dr0
        mov dr0, eax
%elifidn insn, lgdt
        lgdt [bx]
%elifidn insn, lidt
        lidt [bx]
%elifidn insn, sgdt
        sgdt [bx]
%elifidn insn, sidt
        sidt [bx]
%elifidn insn, smsw
        smsw ax
%elifidn insn, invlpg
        invlpg [bx]
%else
        insn
%endif
after:  STOP
