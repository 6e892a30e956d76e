;; title:    In 64-bit mode LLDT and LTR read 16 bytes: within the limit, with a zero type in the upper half, base
;;+          canonical
;; cite:     SDM 3A 3.5.2 Segment Descriptor Tables in IA-32e Mode; SDM 3A 7.2.3 TSS Descriptor in 64-bit mode; SDM
;;+          2A LLDT, LTR,
;;+          64-Bit Mode Exceptions; APM 2 System Descriptors in Long Mode
;; modes:    long64
;; cpl:      0
;; sweep:    limit = 0x167 0x16e 0x16f 0x1ff
;; sweep:    upper_type = 0 1 2 9 0x10 0x1f
;; sweep:    upper_base = 0 0x7fff 0xffff8000 0x1000000 0xfeff8000
;; variant:  insn = lldt ltr
;; where:    limit == 0x1ff or (upper_type == 0 and upper_base == 0)
;; where:    upper_type == 0 or upper_base == 0
;; expect when limit < 0x16f: exit == GP and err == FREE0
;; expect when upper_type != 0: exit == GP and err == FREE0
;; expect when upper_base in {0x1000000, 0xfeff8000}: exit == GP and err == FREE0
;; expect when limit >= 0x16f and upper_type == 0 and upper_base in {0, 0x7fff, 0xffff8000}: exit == stop
;; expect when exit == GP: ldtr == launch.ldtr and tr == launch.tr and rip == here and changed == {frame}
;; expect when exit == stop and insn == lldt: ldtr == FREE0
;; expect when exit == stop and insn == ltr: tr == KTSS and mem(GDT + FREE0 + 5, 1) == 0x8b
%ifidn insn, lldt
        SETDESC FREE0, (LDT & 0xffff) << 16 | 0x7f, 0x00008200 | LDT >> 16
%else
        SETDESC FREE0, (TSS & 0xffff) << 16 | 0xef, 0x00008900 | TSS >> 16
%endif
        mov eax, [upper_base]
        mov ecx, [upper_type]
        shl ecx, 8
        SETDESC FREE0 + 8, eax, ecx
        mov eax, [limit]
        LAUNCH_SET gdt_limit, rax
        and byte [GDT + KTSS + 5], ~2   ; available, so that TR can be set back: the IST of the next exception
        mov ecx, FREE0
        mov edx, KTSS
        LAUNCH
here:   insn cx
%ifidn insn, ltr
        ltr dx
%endif
        STOP
