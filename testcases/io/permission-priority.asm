;; title:    The permission of the port is checked before the memory operand
;; cite:     SDM 2A INS, Operation (permission bits, #GP(0), then DEST := SRC); SDM 2B OUTS, Operation
;; modes:    pm32-p32 compat32 long64
;; cpl:      1 3
;; sweep:    denied = 0 1
;; sweep:    rights = 0x7 0x0 0x3
;; variant:  insn = insb insw insd outsb outsw outsd
;; variant:  prefix = rep once
;; where:    rights != 3 or launch_cpl == 3
;; touches:  TSS+0xc0 64
;; undefined: mem(DATA0, 4)
;; expect when denied: exit == GP and err == 0 and rip == here and regs == {} and cr2 == 0
;; expect when not denied and rights != 7: exit == PF and cr2 == DATA0 and rip == here and regs == {}
;; expect when not denied and rights == 7: exit == stop
        mov word [TSS + 0x68 + 0x6c], 0
        mov xax, [denied]
        mov [TSS + 0x68 + 0x6c], al
        mov xax, [rights]
        or eax, DATA0
        SETPTE DATA0, eax
        mov edx, 0x360
        mov xsi, DATA0
        mov xdi, DATA0
        mov ecx, 1
        mov eax, -1
        LAUNCH
here:
%ifidn prefix, rep
        rep insn
%else
        insn
%endif
        STOP
