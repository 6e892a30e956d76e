;; title:    A frame that does not fit the new stack is #SS(its selector + EXT), one that does not fit the old one
;;+          #SS(EXT)
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation: new stack does not have room, current stack does not have room;
;;+          SDM 3A Interrupt 12-Stack Fault Exception (#SS)
;; modes:    pm32
;; touches:  STACK12 0x200
;; cpl:      1 3
;; sweep:    top = 0 1 4 8 11 12 13 16 19 20 21 24 0x100 0x101 0x102 0x104 0x10b 0x10c 0x113 0x114 0x120
;; sweep:    shape = 0 1 2
;; where:    shape != 1 or top != 0
;; where:    shape != 2 or launch_cpl == 3
;; variant:  kind = int_n exception
;; expect when shape == 0 and (top < (12 if launch_cpl == 1 else 20) or top > 0x100): exit == SS_FAULT
;; expect when shape == 0 and top >= (12 if launch_cpl == 1 else 20) and top <= 0x100: exit == stop
;; expect when shape == 1 and (top < (0x10c if launch_cpl == 1 else 0x114)): exit == SS_FAULT
;; expect when shape == 1 and top >= (0x10c if launch_cpl == 1 else 0x114): exit == stop
;; expect when shape == 2 and top < (12 if launch_cpl == 1 else 20): exit == SS_FAULT
;; expect when shape == 2 and top >= (12 if launch_cpl == 1 else 20): exit == stop
;; expect when exit == SS_FAULT: err == ((0x160 + shape * 8 if launch_cpl == 3 else 0) | (1 if kind == exception else
;;+          0)) and rip == insn and cpl == launch_cpl and rsp == launch.rsp and arrival.rsp == STACK0_TOP - 24
;; expect when exit == stop: rip == target and cpl == 1 and rsp & 0xffff == top - (12 if launch_cpl == 1 else 20) and
;;+          ss == 0x160 + shape * 8 + 1
        ; DPL 1, base STACK12: 32-bit, limit 0xff; expand-down, limit 0xff; 16-bit, limit 0xfff
        SETDESC 0x160, (STACK12 & 0xffff) << 16 | 0xff, 0x0040b300 | STACK12 >> 16
        SETDESC 0x168, (STACK12 & 0xffff) << 16 | 0xff, 0x0040b700 | STACK12 >> 16
        SETDESC 0x170, (STACK12 & 0xffff) << 16 | 0xfff, 0x0000b300 | STACK12 >> 16
%ifidn kind, int_n
 %assign n 0x18
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        SETGATE n, CODE_1, target, 0xee
        mov eax, [shape]
        lea eax, [0x161 + eax * 8]
%if CPL == 1
        LAUNCH_SET ss, eax
        mov esp, [top]
%else
        mov [TSS + 0x10], eax
        mov eax, [top]
        mov [TSS + 0xc], eax
%endif
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%else
        fnop
%endif
        STOP
target: STOP
