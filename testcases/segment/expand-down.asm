;; title:    An expand-down segment begins behind its limit and ends at 64 KiB or, with B, at 4 GiB
;; cite:     SDM 3A Limit Checking (expand-down data segments); SDM 3A 3.4.5.1 Code- and Data-Segment Descriptor
;;+          Types;
;;+          APM 2 Limit Checks for Expand-Down Data Segments
;; modes:    pm16 pm32 compat32 long64
;; cpl:      0 3
;; sweep:    g = 0 1
;; sweep:    b = 0 1
;; sweep:    raw = 0 0xbfff 0xffff 0xfffff
;; sweep:    offset = 0xfff 0x1000 0xbffe 0xbfff 0xc000 0xfffc 0xfffd 0x10000 0xffffff00
;; variant:  probe = load base
;; variant:  reg = ES SS
;; where:    (reg == ES and launch_cpl == 0) or (reg == SS and launch_cpl == 3)
;; undefined: rax
;; expect when mode == long64: exit == stop
;; expect when offset > (raw << 12 | 0xfff if g else raw) and (b or offset + (3 if probe == base else 0) <= 0xffff):
;;+          exit == stop
;; expect when mode != long64 and offset <= (raw << 12 | 0xfff if g else raw): exit == (GP if reg == ES else SS_FAULT)
;; expect when mode != long64 and not b and offset + (3 if probe == base else 0) > 0xffff:
;;+          exit == (GP if reg == ES else SS_FAULT)
;; expect when exit != stop: err == 0 and rip & 0xffff == insn & 0xffff and regs == {}
        mov eax, [raw]
        mov ecx, eax
        and eax, 0xffff | (ARENA & 0xffff) << 16
        and ecx, 0xf0000
        mov edx, [g]
        add edx, edx
        or edx, [b]
        shl edx, 22
        or ecx, edx
        or ecx, 0x0000f700 | ARENA >> 16
        SETDESC FREE0, eax, ecx
                mov eax, FREE0 | 3
        mov ebx, [offset]
%if WINDOW_BITS == 64
        movsxd rbx, ebx
        lea rbx, [rbx + ARENA]          ; its base counts for nothing
        LAUNCH
        mov reg, ax
insn:   PROBE probe, reg, rbx
%else
        LAUNCH
        mov reg, ax
insn:   PROBE probe, reg, ebx
%endif
        STOP
