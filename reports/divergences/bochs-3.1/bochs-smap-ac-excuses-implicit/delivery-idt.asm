;; title:    EFLAGS.AC excuses implicit accesses to user pages from SMAP
;; cite:     SDM 3A 4.6.1 Determination of Access Rights
;; modes:    long64
;; cpl:      0
;; requires: smap
;; touches:  DATA2+0xe00 512  DATA3 64
;; sweep:    smap = 1
;; sweep:    ac = 1
%include "walk.inc"
GATE_SIZE equ GATE(1) - GATE(0)
the_gate equ DATA3 + GATE_SIZE
        mov xsi, VECTORS
        mov xdi, DATA3 - 32 * GATE_SIZE
        mov ecx, 34 * GATE_SIZE / 4
        rep movsd
        mov eax, done
        mov [the_gate], ax
        shr eax, 16
        mov [the_gate + 6], ax
        mov dword [the_gate + 8], 0
        mov xax, DATA3 - 32 * GATE_SIZE
        LAUNCH_SET idt_base, xax
        SUPERVISOR_TABLES
        SETPTE DATA2, DATA2 | 3
        CR4_BIT CR4_SMAP, [smap]
        mov xax, [ac]
        shl eax, 18
        LAUNCH_SET flags, xax
        LAUNCH
        int 0x21
done:   STOP
