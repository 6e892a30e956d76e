;; title:    ARPL raises the destination's RPL to the source's and sets ZF, or clears ZF and changes nothing else
;; cite:     SDM 2A ARPL, Operation; APM 3 ARPL
;; modes:    pm16 pm32 pm32-p32 compat16 compat32
;; cpl:      0 3
;; sweep:    dest = 0x0 0x1 0x2 0x3 0xfff4 0xfff5 0xfff6 0xfff7
;; sweep:    src = 0x0 0x1 0x2 0x3 0xfffc 0xffff
;; variant:  to = reg mem
;; expect when dest & 3 < src & 3: flags.zf == 1
;; expect when dest & 3 >= src & 3: flags.zf == 0
;; expect when to == reg: rbx == 0x5a5a0000 | dest & ~3 | (src & 3 if dest & 3 < src & 3 else dest & 3)
;; expect when to == mem: mem(DATA0, 2) == dest & ~3 | (src & 3 if dest & 3 < src & 3 else dest & 3) and regs == {}
;; expect when to == mem: mem(DATA0 + 2, 2) == 0x5a5a
;; expect:   exit == stop and rcx == launch.rcx
;; expect:   flags.cf == 1 and flags.of == 1 and flags.sf == 1 and flags.pf == 1 and flags.af == 1
%if MODE != MODE_PM16 && MODE != MODE_PM32
        SETPTE DATA0, DATA0 | 0x67      ; whether RPL unchanged is written back is open
%endif
        LAUNCH_SET flags, 0x8d7
        mov ebx, [dest]
        or ebx, 0x5a5a0000
        mov [DATA0], ebx
        mov ecx, [src]
        LAUNCH
%ifidn to, reg
        arpl bx, cx
%else
        arpl [SEGOFF(DATA0)], cx
%endif
        STOP
