;; title:    A 16-bit gate taken from virtual-8086 mode pushes its nine or ten words in two bytes each
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (INTERRUPT-FROM-VIRTUAL-8086-MODE: pushes are 16 bits for 16-bit
;;+          gates); SDM 3A Transferring Control Among Mixed-Size Code Segments
;; modes:    vm86
;; sweep:    gtype = 6 7
;; sweep:    eflags = 0x23202 0x23ad7
;; variant:  kind = int_n exception gp
;; expect:   exit == stop and rip == target - ARENA and cs == KCODE_ALT and ss == KDATA and cpl == 0
;; expect:   rsp == STACK0_TOP - (20 if kind == gp else 18) and flags.vm == 0 and flags.if == gtype & 1
;; expect when kind == gp: mem(rsp, 2) == 0
;; expect:   mem(STACK0_TOP - 18, 2) == (after if kind == int_n else insn) - ARENA
;;+          and mem(STACK0_TOP - 16, 2) == launch.cs and mem(STACK0_TOP - 14, 2) == eflags & 0xffff
;; expect:   mem(STACK0_TOP - 12, 2) == launch.rsp & 0xffff and mem(STACK0_TOP - 10, 2) == launch.ss
;; expect:   mem(STACK0_TOP - 8, 2) == 0x2222 and mem(STACK0_TOP - 6, 2) == 0x1111
;; expect:   mem(STACK0_TOP - 4, 2) == 0x3333 and mem(STACK0_TOP - 2, 2) == 0x4444
;; expect:   ds == 0 and es == 0 and fs == 0 and gs == 0
%ifidn kind, int_n
 %assign n 0x18
%elifidn kind, gp
 %assign n 13
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        mov word [GATE(n)], target - ARENA
        mov word [GATE(n) + 2], KCODE_ALT
        mov al, [gtype]
        or al, 0xe0
        mov [GATE(n) + 5], al
        mov word [GATE(n) + 6], 0
        mov eax, [eflags]
        LAUNCH_SET flags, eax
        LAUNCH_SET ds, 0x1111
        LAUNCH_SET es, 0x2222
        LAUNCH_SET fs, 0x3333
        LAUNCH_SET gs, 0x4444
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%elifidn kind, gp
        hlt
%else
        fnop
%endif
after:  STOP
target: STOP
