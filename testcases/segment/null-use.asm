;; title:    A null selector loads into DS ES FS GS; what is accessed through it is #GP(0), but not in 64-bit mode
;; cite:     SDM 3A Segment Selectors; SDM 3A Null Segment Selector Checking, NULL Segment Checking in 64-bit Mode;
;;+          APM 2 Null Selectors in 64-Bit Mode
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    null = 0 1 2 3
;; variant:  reg = DS ES FS GS
;; variant:  probe = load store base push
;; where:    null in {0, 3} or reg in {DS, FS}
;; undefined amd: fs_base gs_base hidden.fs.base hidden.gs.base
;; expect when mode == long64: exit == stop
;; expect when mode != long64: exit == GP and err == 0 and rip & 0xffff == insn & 0xffff and regs == {}
;; expect when reg == DS: ds == null and es == launch.es
;; expect when reg == ES: es == null and ds == launch.ds
;; expect when reg == FS: fs == null and gs == launch.gs
;; expect when reg == GS: gs == null and fs == launch.fs
;; expect when mode != long64: changed <= {frame} and rsp == launch.rsp
        mov eax, [null]
        LAUNCH
        mov reg, ax
insn:
%ifidn probe, push
        push word [reg:SEGOFF(DATA0)]
%else
        PROBE probe, reg, SEGOFF(DATA0)
%endif
        STOP
