;; title:    Data segments are readable and perhaps writable, code segments readable or execute-only and never
;;+          writable;
;;+          a store or load against the type is #GP(0), in 64-bit mode nothing is asked
;; cite:     SDM 3A Type Checking (at access); SDM 3A 3.4.5.1 Code- and Data-Segment Descriptor Types; SDM 3A Segment
;;+          Registers
;;+          in IA-32e mode; APM 2 Type-Check Rules, Using Type Fields in 64-Bit Mode
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    type = 0 1 2 3 10 11 14 15
;; variant:  reg = DS ES FS GS
;; variant:  probe = load base store rmw
;; where:    type in {0, 2, 10, 14} and (reg in {DS, FS} or probe in {load, store}) or (reg == DS and probe == store)
;; expect when probe in {load, base} or mode == long64 or type in {2, 3}: exit == stop
;; expect when probe in {store, rmw} and mode != long64 and type not in {2, 3}: exit == GP and err == 0 and regs == {}
;; expect when exit == GP: rip & 0xffff == insn & 0xffff and mem(DATA0, 4) == 0x33445566
;; expect when probe == rmw and (mode == long64 or type in {2, 3}): mem(DATA0, 4) == 0x33445567
;; expect when probe == store and (mode == long64 or type in {2, 3}): mem(DATA0, 4) == 0x3344555a
%if WINDOW_BITS == 16
HIGH    equ 0x0000f000 | ARENA >> 16
%else
HIGH    equ 0x00cff000
%endif
        mov dword [DATA0], 0x33445566
        mov eax, [type]
        shl eax, 8
        or eax, HIGH
        SETDESC FREE0, 0xffff, eax
        mov eax, FREE0 | 3
        LAUNCH
        mov reg, ax
insn:
%ifidn probe, rmw
        inc dword [reg:SEGOFF(DATA0)]
%else
        PROBE probe, reg, SEGOFF(DATA0)
%endif
        STOP
