;; title:    Through CS a window may read if its segment is readable; it never writes, but in real-address and
;;+          virtual-8086 mode, and in 64-bit mode, where the override counts for nothing
;; cite:     SDM 3A Type Checking; SDM 3A 3.4.5.1 Code- and Data-Segment Descriptor Types; SDM 3B Virtual-8086 Mode;
;;+          SDM 3A 20.1.1 Address Translation in Real-Address Mode; APM 2 Code-Segment Descriptors
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    readable = 0 2
;; sweep:    conforming = 0 4
;; variant:  probe = load base store rmw
;; where:    (readable == 2 and conforming == 0) or mode not in {real, unreal, vm86}
;; expect when mode in {real, unreal, vm86, long64} or (probe in {load, base} and readable): exit == stop
;; expect when mode not in {real, unreal, vm86, long64} and (probe in {store, rmw} or not readable):
;;+          exit == GP and err == 0
;; expect when exit == GP: rip & 0xffff == insn & 0xffff and regs == {} and changed <= {frame}
;; expect when probe == rmw and mode in {real, unreal, vm86, long64}: mem(DATA0, 4) == 0x33445567
;; expect when probe == store and mode in {real, unreal, vm86, long64}: mem(DATA0, 4) == 0x3344555a
%if MODE == MODE_LONG64
HIGH    equ 0x00af9900 | CPL << 13
%elif WINDOW_BITS == 16
HIGH    equ 0x00009900 | CPL << 13 | ARENA >> 16
%else
HIGH    equ 0x00cf9900 | CPL << 13
%endif
        mov dword [DATA0], 0x33445566
%if MODE != MODE_REAL && MODE != MODE_UNREAL && MODE != MODE_VM86
        mov eax, [readable]
        or eax, [conforming]
        shl eax, 8
        or eax, HIGH
        SETDESC FREE0, 0xffff, eax
        LAUNCH_SET cs, FREE0 | CPL
%endif
        LAUNCH
insn:
%ifidn probe, rmw
        inc dword [cs:SEGOFF(DATA0)]
%else
        PROBE probe, cs, SEGOFF(DATA0)
%endif
        STOP
