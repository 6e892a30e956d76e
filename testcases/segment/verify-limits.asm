;; title:    LAR LSL VERR VERW clear ZF for a null selector and for one beyond its table, without a fault
;; cite:     SDM 2A LAR, LSL, Operation; SDM 2B VERR/VERW, Operation; APM 3 likewise
;; modes:    pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    sel = 0x0 0x3 0x16b 0x17 0x7c 0x84 0x1fb 0x203 0xffff
;; sweep:    limit = 0x16e 0x16f 0x1ff
;; sweep:    noldt = 0 1
;; variant:  insn = lar lsl verr verw
;; where:    limit == 0x1ff or sel & 4 == 0
;; where:    noldt == 0 or sel & 4
;; expect:   exit == stop
;; expect when not flags.zf: regs == {}
;; expect when sel in {0x0, 0x3, 0x7c, 0x84, 0x1fb, 0x203, 0xffff}: flags.zf == 0
;; expect when sel == 0x16b: flags.zf == (limit >= 0x16f)
;; expect when sel == 0x17 and insn != verw: flags.zf == (noldt == 0)
;; expect when sel == 0x17 and insn == verw: flags.zf == 0
        SETDESC FREE0 + 8, 0xffff, 0x0000f300
        SETDESC KTSS_DF, 0, 0
        mov xax, [limit]
        LAUNCH_SET gdt_limit, xax
        cmp dword [noldt], 0
        je .ldt
        LAUNCH_SET ldtr, 0
.ldt:   mov ecx, [sel]
        LAUNCH
%ifidn insn, lar
        lar bx, cx
%elifidn insn, lsl
        lsl bx, cx
%else
        insn cx
%endif
        STOP
