;; title:    DS ES FS GS take data and readable code that CPL and RPL may see, SS writable data of its own level;
;;+          #GP comes before #NP and #SS; a load marks the descriptor accessed
;; cite:     SDM 2B MOV, Operation (Loading a segment register while in protected mode) and Protected Mode Exceptions;
;;+          SDM 3A 3.4.5.1 Code- and Data-Segment Descriptor Types; APM 2 Data-Access Privilege Checks
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; sweep:    type = 0..31
;; sweep:    dpl = 0 1 2 3
;; sweep:    rpl = 0 1 2 3
;; sweep:    p = 0 1
;; variant:  reg = DS ES FS GS SS
;; where:    mode == pm32 or launch_cpl in {0, 3}
;; where:    launch_cpl in {0, 3} or (type in {0x12, 0x1a, 0x1c} and reg in {DS, SS})
;; where:    type in {0x12, 0x1a, 0x1e} or (dpl in {0, 3} and rpl in {0, 3}) or (launch_cpl == dpl and dpl == rpl)
;; where:    (reg in {DS, SS} and mode in {pm32, long64}) or type in {0x02, 0x10, 0x12, 0x1c} and dpl == rpl
;; where:    mode in {pm32, long64} and type in {0x02, 0x12, 0x1c} or dpl == rpl or p == 1
;; where:    reg != SS or launch_cpl != 0 or type & 4 == 0
;; expect when reg != SS and (type < 16 or type & 10 == 8): exit == GP
;; expect when reg != SS and type & 12 != 12 and (rpl > dpl or launch_cpl > dpl): exit == GP
;; expect when reg != SS and type & 26 in {16, 18, 26} and (type & 12 == 12 or (rpl <= dpl and launch_cpl <= dpl)):
;;+          exit == (stop if p else NP)
;; expect when reg == SS and (type & 26 != 18 or dpl != launch_cpl or rpl != launch_cpl): exit == GP
;; expect when reg == SS and type & 26 == 18 and dpl == launch_cpl and rpl == launch_cpl:
;;+          exit == (stop if p else SS_FAULT)
;; expect when exit == stop: rbx & 0xffff == FREE0 | rpl and mem(GDT + FREE0 + 5, 1) == type | dpl << 5 | 0x81
;; expect when exit != stop: err == FREE0 and rip & 0xffff == insn & 0xffff and changed <= {frame}
;; expect when exit != stop:
;;+          ds == launch.ds and es == launch.es and fs == launch.fs and gs == launch.gs and ss == launch.ss
%if WINDOW_BITS == 16
HIGH    equ ARENA >> 16
%else
HIGH    equ 0x00cf0000
%endif
        mov eax, [p]
        shl eax, 2
        or eax, [dpl]
        shl eax, 5
        or eax, [type]
        shl eax, 8
        or eax, HIGH
        SETDESC FREE0, 0xffff, eax
        mov eax, [rpl]
        or eax, FREE0
        LAUNCH
insn:   mov reg, ax
        mov ebx, reg
        STOP
