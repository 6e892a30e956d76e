;; title:    LAR gives the second doubleword's access rights of a descriptor that CPL and RPL may see; other types
;;+          clear ZF alone
;; cite:     SDM 2A LAR, Operation and table "Segment and Gate Types" (32-bit mode, IA-32e mode); APM 3 LAR
;; modes:    pm16 pm32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; sweep:    type = 0..31
;; sweep:    dpl = 0 1 2 3
;; sweep:    rpl = 0 1 2 3
;; sweep:    p = 0 1
;; variant:  size = 2 4
;; where:    mode == pm32 or (launch_cpl in {0, 3} and dpl == rpl)
;; where:    type in {0x02, 0x12, 0x1c} or (dpl == rpl and launch_cpl in {0, 3})
;; where:    p == 1 or dpl == 3
;; where:    size == 4 or (type in {0x02, 0x12} and p == 1)
;; expect when type in {0, 6, 7, 8, 10, 13, 14, 15}: exit == stop and flags.zf == 0
;; expect when type in {1, 3, 4, 5} and mode in {compat16, compat32, long64}: exit == stop and flags.zf == 0
;; expect when type & 28 != 28 and (launch_cpl > dpl or rpl > dpl): exit == stop and flags.zf == 0
;; expect when type >= 28 or (type >= 16 and launch_cpl <= dpl and rpl <= dpl): exit == stop and flags.zf == 1
;; expect when type in {2, 9, 11, 12} and launch_cpl <= dpl and rpl <= dpl: exit == stop and flags.zf == 1
;; expect when type in {1, 3, 4, 5} and mode in {pm16, pm32} and launch_cpl <= dpl and rpl <= dpl: flags.zf == 1
;; expect when flags.zf and size == 4: rbx == 0x00d00000 | p << 15 | dpl << 13 | type << 8
;; expect when flags.zf and size == 2: rbx == launch.rbx & ~0xffff | p << 15 | dpl << 13 | type << 8
;; expect when not flags.zf: rbx == launch.rbx
;; expect:   flags.cf == 1 and flags.of == 1 and flags.sf == 1 and flags.pf == 1 and flags.af == 1
        LAUNCH_SET flags, 0x8d7
        mov eax, [p]
        shl eax, 2
        or eax, [dpl]
        shl eax, 5
        or eax, [type]
        shl eax, 8
        or eax, 0x00d00000
        SETDESC FREE0, 0x12345678, eax
        SETDESC FREE0 + 8, 0, 0
        mov ecx, [rpl]
        or ecx, FREE0
        mov ebx, 0x55667788
        LAUNCH
%if size == 2
        o16 lar bx, cx
%else
        o32 lar ebx, ecx
%endif
        STOP
