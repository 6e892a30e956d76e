;; title:    The gate of INT n lies on a page of its own: absent, or the user's under SMAP, it is #PF with U/S = 0 at the INT
;; why:      an emulator that reads the IDT with the rights of the CPL, or without any
;; cite:     SDM 3A 4.6.1 Determination of Access Rights (implicit supervisor-mode accesses: IDT); SDM 3A 4.7 Page-Fault Exceptions;
;;+          SDM 3A 6.15 Exception and Interrupt Reference, Interrupt 14; APM 2 5.6.6 Supervisor-Mode Access Prevention
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; requires: smap
;; sweep:    entry = 7 5 3 1 6 2
;; sweep:    smap = 0 1
;; sweep:    ac = 0 1
;; touches:  DATA2+0xe00 512  DATA3 64
;; expect when entry & 1 and (entry & 4 == 0 or not smap): exit == stop and rip == done and cpl == 0
;; expect when (entry & 1 == 0 or entry & 4 and smap): exit == PF and rip == spot and cr2 == the_gate
;;+          and err == entry & 1 and cpl == launch_cpl and regs == {}
;; expect:   not {DATA3} <= dirtied
%include "walk.inc"
GATE_SIZE equ GATE(1) - GATE(0)
the_gate equ DATA3 + GATE_SIZE
        mov xsi, VECTORS
        mov xdi, DATA3 - 32 * GATE_SIZE
        mov ecx, 34 * GATE_SIZE / 4
        rep movsd
        mov word [the_gate + 2], KCODE
        mov eax, done
        mov [the_gate], ax
        shr eax, 16
        mov [the_gate + 6], ax
%if HOME == 64
        mov dword [the_gate + 8], 0
%endif
        mov xax, DATA3 - 32 * GATE_SIZE
        LAUNCH_SET idt_base, xax
        SUPERVISOR_TABLES
        SETPTE DATA2, DATA2 | 3
        mov eax, [entry]
        or eax, DATA3
        SETPTE DATA3, eax
        CR4_BIT CR4_SMAP, [smap]
        mov xax, [ac]
        shl eax, 18
        or eax, 2
        LAUNCH_SET flags, xax
        LAUNCH
spot:   int 0x21
        STOP
done:   STOP
