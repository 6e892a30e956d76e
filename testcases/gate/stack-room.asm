;; title:    CALL through a gate: a frame with its parameters that does not fit the new stack is #SS(its selector),
;;+          the old one #SS(0)
;; cite:     SDM 2A CALL, Operation (MORE-PRIVILEGE, SAME-PRIVILEGE); SDM 3A Interrupt 12-Stack Fault Exception (#SS)
;; modes:    pm32
;; cpl:      1 3
;; touches:  STACK12 0x200
;; sweep:    count = 0 3 31
;; sweep:    top = 0 4 7 8 12 15 16 24 27 28 29 0x8b 0x8c 0x100 0x101 0x102 0x104
;; sweep:    shape = 0 1
;; where:    launch_cpl == 3 or count == 0
;; where:    launch_cpl == 3 or shape == 0
;; expect when shape == 0 and top <= 0x100: exit == (stop if top >= (8 if launch_cpl == 1 else 16 + count * 4) else
;;+          SS_FAULT)
;; expect when shape == 0 and top > 0x100: exit == SS_FAULT
;; expect when shape == 1: exit == (stop if top >= (8 if launch_cpl == 1 else 16 + count * 4) else SS_FAULT)
;; expect when exit == SS_FAULT: err == (0x160 + shape * 8 if launch_cpl == 3 else 0) and rip == branch
;;+          and cpl == launch_cpl and rsp == launch.rsp and arrival.rsp == STACK0_TOP - 24
;; expect when exit == stop: rip == target and cpl == 1 and rsp & 0xffff == top - (8 if launch_cpl == 1 else 16 +
;;+          count * 4) and ss == 0x160 + shape * 8 + 1
        ; DPL 1, base STACK12: 32-bit, limit 0xff; 16-bit, limit 0xfff
        SETDESC 0x160, (STACK12 & 0xffff) << 16 | 0xff, 0x0040b300 | STACK12 >> 16
        SETDESC 0x168, (STACK12 & 0xffff) << 16 | 0xfff, 0x0000b300 | STACK12 >> 16
        mov eax, target
        mov [GDT + 0x170], ax
        mov word [GDT + 0x172], CODE_1
        mov ecx, [count]
        or ecx, 0xec00
        mov [GDT + 0x174], cx
        shr eax, 16
        mov [GDT + 0x176], ax
        mov eax, [shape]
        lea eax, [0x161 + eax * 8]
%if CPL == 1
        LAUNCH_SET ss, eax
        mov esp, [top]
%else
        mov [TSS + 0x10], eax
        mov eax, [top]
        mov [TSS + 0xc], eax
        mov esp, STACK_TOP - 0x100
%endif
        LAUNCH
branch: call 0x170 | 3:0
        STOP
target: STOP
