;; title:    A 16-bit gate pushes words, takes 16 bits of offset, and still switches to the stack of a 32-bit TSS
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (INTER-PRIVILEGE-LEVEL-INTERRUPT,
;;+          INTRA-PRIVILEGE-LEVEL-INTERRUPT: 16-bit gate); SDM 3A 21.4 Transferring Control Among Mixed-Size Code
;;+          Segments
;; modes:    pm32 pm32-p32
;; cpl:      0 1 3
;; sweep:    gtype = 6 7
;; sweep:    upper = 0 0xffff
;; sweep:    old_flags = 0x202 0xad7 0x40202
;; variant:  kind = int_n exception gp
;; where:    upper == 0 or kind == int_n
;; expect:   exit == stop and rip == target - ARENA and cs == KCODE_ALT and ss == KDATA and flags.if == gtype & 1
;; expect when kind == int_n: mem(rsp, 2) == after & 0xffff and mem(rsp + 4, 2) == old_flags & 0xffff
;; expect when kind == exception: mem(rsp, 2) == insn & 0xffff and mem(rsp + 4, 2) == old_flags & 0xffff
;; expect when kind == gp: mem(rsp, 2) == BEYOND and mem(rsp + 2, 2) == insn & 0xffff
;;+          and mem(rsp + 6, 2) == old_flags & 0xffff
;; expect when launch_cpl == 0: rsp == launch.rsp - (8 if kind == gp else 6) and mem(launch.rsp - 4, 2) == launch.cs
;; expect when launch_cpl != 0: rsp == STACK0_TOP - (12 if kind == gp else 10) and mem(STACK0_TOP - 8, 2) == launch.cs
;; expect when launch_cpl != 0: mem(STACK0_TOP - 4, 2) == launch.rsp & 0xffff and mem(STACK0_TOP - 2, 2) == launch.ss
%ifidn kind, int_n
 %assign n 0x18
%elifidn kind, gp
 %assign n 13
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        SETGATE n, KCODE_ALT, target - ARENA, 0xe6
        mov al, [gtype]
        or al, 0xe0
        mov [GATE(n) + 5], al
        mov eax, [upper]                ; not part of a 16-bit gate
        mov [GATE(n) + 6], ax
        mov eax, [old_flags]
        LAUNCH_SET flags, eax
        mov eax, BEYOND
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%elifidn kind, gp
        mov ds, eax
%else
        fnop
%endif
after:  STOP
        align 4                         ; a 32-bit offset would lead to the guard page, full of UD2
target: STOP
