;; title:    The frame of an exit from virtual-8086 mode leads back by IRETD, with every segment register
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (RETURN-TO-VIRTUAL-8086-MODE); SDM 3B Leaving Virtual-8086 Mode
;; modes:    vm86
;; sweep:    eflags = 0x20002 0x23202 0x20ed7 0x24002 0x62002 0x220002
;; variant:  kind = gp int3
;; expect:   nfault == 1 and fault[0].vector == (GP if kind == gp else 3)
;; expect:   fault[0].rip == (insn if kind == gp else after) - ARENA
;; expect:   exit == stop and rip == back - ARENA and cpl == 3 and flags & ~0x10000 == eflags
;; expect:   ds == 0x1111 and es == 0x2222 and fs == 0x3333 and gs == 0x4444 and cs == launch.cs and ss == launch.ss
;; expect:   rsp == launch.rsp and regs == {}
        mov eax, [eflags]
        LAUNCH_SET flags, eax
        LAUNCH_SET ds, 0x1111
        LAUNCH_SET es, 0x2222
        LAUNCH_SET fs, 0x3333
        LAUNCH_SET gs, 0x4444
        LAUNCH
insn:
%ifidn kind, gp
        hlt
%else
        int3
%endif
after:  STOP
back:   STOP
        SCRIPT
%ifidn kind, gp
          ON 13, nth 1
%else
          ON 3, nth 1
%endif
            FRAME 0, 4, OFF(back)
            DROPERR
          RETURN 4
        ENDSCRIPT
