;; title:    LSL gives the limit of a descriptor in bytes, scaled if G is set, 16 bits of it in a 16-bit register;
;;+          gates have none
;; cite:     SDM 2A LSL, Operation and table "Segment and Gate Descriptor Types" (32-bit mode, IA-32e mode); APM 3 LSL
;; modes:    pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    type = 0..31
;; sweep:    limit = 0x0 0xffff 0x12345 0xfffff
;; sweep:    g = 0 1
;; sweep:    dpl = 0 3
;; variant:  size = 2 4
;; where:    limit == 0x12345 or (type in {0x02, 0x12} and dpl == 3)
;; where:    size == 4 or type in {0x02, 0x12}
;; expect when type in {0, 4, 5, 6, 7, 8, 10, 12, 13, 14, 15}: exit == stop and flags.zf == 0
;; expect when type in {1, 3} and mode in {compat16, compat32, long64}: exit == stop and flags.zf == 0
;; expect when type & 28 != 28 and launch_cpl > dpl: exit == stop and flags.zf == 0
;; expect when type >= 28 or (type >= 16 and launch_cpl <= dpl): exit == stop and flags.zf == 1
;; expect when type in {2, 9, 11} and launch_cpl <= dpl: exit == stop and flags.zf == 1
;; expect when type in {1, 3} and mode in {pm16, pm32} and launch_cpl <= dpl: exit == stop and flags.zf == 1
;; expect when flags.zf and size == 4: rbx == (limit << 12 | 0xfff if g else limit)
;; expect when flags.zf and size == 2: rbx == launch.rbx & ~0xffff | (limit << 12 | 0xfff if g else limit) & 0xffff
;; expect when not flags.zf: rbx == launch.rbx
;; expect:   flags.cf == 1 and flags.of == 1 and flags.sf == 1 and flags.pf == 1 and flags.af == 1
        LAUNCH_SET flags, 0x8d7
        mov eax, [g]
        shl eax, 23
        mov ecx, [limit]
        and ecx, 0xf0000
        or eax, ecx
        mov ecx, [dpl]
        or ecx, 4                       ; present
        shl ecx, 5
        or ecx, [type]
        shl ecx, 8
        or eax, ecx
        mov ecx, [limit]
        and ecx, 0xffff
        SETDESC FREE0, ecx, eax
        SETDESC FREE0 + 8, 0, 0
        mov ecx, FREE0
        mov ebx, 0x55667788
        LAUNCH
%if size == 2
        o16 lsl bx, cx
%else
        o32 lsl ebx, ecx
%endif
        STOP
