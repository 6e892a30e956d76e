;; title:    VERR and VERW set ZF for a segment that could be read or written from this CPL and RPL; presence is not
;;+          asked
;; cite:     SDM 2B VERR/VERW, Operation; APM 3 VERR, VERW
;; modes:    pm16 pm32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; sweep:    type = 0..31
;; sweep:    dpl = 0 1 2 3
;; sweep:    rpl = 0 1 2 3
;; sweep:    p = 0 1
;; variant:  insn = verr verw
;; where:    mode == pm32 or (launch_cpl in {0, 3} and dpl == rpl and (mode == long64 or type in {0x02, 0x10, 0x12,
;;+          0x18, 0x1a, 0x1e}))
;; where:    type in {0x10, 0x12, 0x1a, 0x1e} or (dpl == rpl and launch_cpl in {0, 3})
;; where:    p == 1 or dpl == 3
;; expect:   exit == stop and regs == {} and changed <= {frame}
;; expect when type < 16 or (launch_cpl > dpl or rpl > dpl) and type & 12 != 12: flags.zf == 0
;; expect when insn == verr and type & 10 == 8: flags.zf == 0
;; expect when insn == verr and type & 26 in {16, 18, 26} and (type & 12 == 12 or (launch_cpl <= dpl and rpl <= dpl)):
;;+          flags.zf == 1
;; expect when insn == verw and type & 10 != 2: flags.zf == 0
;; expect when insn == verw and type >= 16 and type & 10 == 2 and launch_cpl <= dpl and rpl <= dpl: flags.zf == 1
;; expect:   flags.cf == 1 and flags.of == 1 and flags.sf == 1 and flags.pf == 1 and flags.af == 1
        LAUNCH_SET flags, 0x8d7
        mov eax, [p]
        shl eax, 2
        or eax, [dpl]
        shl eax, 5
        or eax, [type]
        shl eax, 8
        or eax, 0x00c00000
        SETDESC FREE0, 0x12345678, eax
        mov ecx, [rpl]
        or ecx, FREE0
        LAUNCH
        insn cx
        STOP
