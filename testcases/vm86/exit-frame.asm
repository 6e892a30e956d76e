;; title:    An exit from virtual-8086 mode pushes GS FS DS ES SS ESP EFLAGS CS EIP on the stack of level 0 and nulls
;;+          the data segments
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (INTERRUPT-FROM-VIRTUAL-8086-MODE); SDM 3B Handling an Interrupt
;;+          or Exception Through a Protected-Mode Trap or Interrupt Gate
;; modes:    vm86
;; sweep:    eflags = 0x23002 0x23202 0x23ed7 0x27002 0x63002 0x223002
;; variant:  gate = 0x8e 0x8f
;; variant:  kind = int_n int3 exception gp
;; expect:   exit == stop and rip == target and cpl == 0 and ss == KDATA
;; expect:   ds == 0 and es == 0 and fs == 0 and gs == 0
;; expect:   rsp == STACK0_TOP - (40 if kind == gp else 36)
;; expect when kind == gp: mem(rsp, 4) == 0
;; expect:   mem(STACK0_TOP - 36, 4) == (insn if kind in {exception, gp} else after) - ARENA
;;+          and mem(STACK0_TOP - 32, 2) == launch.cs
;; expect:   mem(STACK0_TOP - 28, 4) == eflags | (0x10000 if kind in {exception, gp} else 0)
;; expect:   mem(STACK0_TOP - 24, 4) == launch.rsp and mem(STACK0_TOP - 20, 2) == launch.ss
;; expect:   mem(STACK0_TOP - 16, 2) == 0x2222 and mem(STACK0_TOP - 12, 2) == 0x1111
;; expect:   mem(STACK0_TOP - 8, 2) == 0x3333 and mem(STACK0_TOP - 4, 2) == 0x4444
;; expect:   flags & ~0x10000 == eflags & (~0x24300 if gate == 0x8e else ~0x24100)
%ifidn kind, int_n
 %assign n 0x18
%elifidn kind, int3
 %assign n 3
%elifidn kind, gp
 %assign n 13
%else
 %assign n 7
        or byte [LB_cr0], 8
%endif
        SETGATE n, KCODE, target, gate | 0x60
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
%elifidn kind, int3
        int3
%elifidn kind, gp
        hlt
%else
        fnop
%endif
after:  STOP
        bits 32
target: STOP
