;; title:    The last byte of an expand-up segment is its limit, in bytes or (G) in pages of 4 KiB; in 64-bit mode
;;+          none counts
;; cite:     SDM 3A 3.4.5 Segment Descriptors (G flag); SDM 3A Limit Checking; SDM 3A Limit Checking in 64-bit Mode;
;;+          APM 2 Limit Checks
;; modes:    pm16 pm32 compat32 long64
;; cpl:      0 3
;; sweep:    g = 0 1
;; sweep:    raw = 0 0xb 0xbfff 0xffff 0xfffff
;; sweep:    offset = 0 1 0xfff 0x1000 0xbffe 0xbfff 0xc000 0xfffd 0xffff 0x10000
;; variant:  size = 1 2 4
;; variant:  reg = ES FS
;; where:    (reg == ES and launch_cpl == 0) or (reg == FS and launch_cpl == 3 and size == 4)
;; undefined: rax
;; expect when mode == long64: exit == stop
;; expect when offset + size - 1 <= (raw << 12 | 0xfff if g else raw): exit == stop
;; expect when mode != long64 and offset + size - 1 > (raw << 12 | 0xfff if g else raw): exit == GP and err == 0
;; expect when exit == GP: rip & 0xffff == insn & 0xffff and regs == {}
;; expect:   changed <= {frame}
        mov eax, [raw]
        mov ecx, eax
        and eax, 0xffff | (ARENA & 0xffff) << 16
        and ecx, 0xf0000
        mov edx, [g]
        shl edx, 23
        or ecx, edx
        or ecx, 0x0000f300 | ARENA >> 16
        SETDESC FREE0, eax, ecx
        LAUNCH_SET es, FREE0 | 3
        LAUNCH_SET fs, FREE0 | 3
        mov xbx, [offset]
%if WINDOW_BITS == 64
 %ifidn reg, ES
        add ebx, ARENA                  ; the base of ES counts for nothing
 %endif
%endif
        LAUNCH
insn:
%if size == 1
        mov al, [reg:ebx]
%elif size == 2
        mov ax, [reg:ebx]
%else
        mov eax, [reg:ebx]
%endif
        STOP
