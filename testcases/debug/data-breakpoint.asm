;; title:    A data breakpoint traps after an access that overlaps its bytes and whose kind it watches
;; cite:     SDM 3B Breakpoint Field Recognition; SDM 3B Data Memory and I/O Breakpoint Exception Conditions
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    access = 0xc 0xf 0x10 0x11 0x12 0x14 0x17 0x18
;; sweep:    len = 0 1 3 2
;; sweep:    watch = 1 3
;; variant:  size = 1 2 4
;; variant:  kind = load store
;; where:    len != 2 or mode == long64
;; expect when access < 0x10 + (8 if len == 2 else len + 1) and access + size > 0x10 and (kind == store or watch == 3):
;;+           exit == DB_
;; expect when access >= 0x10 + (8 if len == 2 else len + 1) or access + size <= 0x10 or (kind == load and watch == 1):
;;+           exit == stop
;; expect when exit == DB_: dr6 & 0x400f == 1 and rip & 0xffff == behind & 0xffff and flags.rf == 0
;; expect when exit == stop: dr6 & 0x400f == 0
;; expect when kind == store: mem(DATA0 + access, size) == (1 << 8 * size) - 1
        mov xax, DATA0 + 0x10
        mov dr0, xax
        mov xcx, [len]
        shl ecx, 2
        or ecx, [watch]
        shl ecx, 16
        or ecx, 0x401
        LAUNCH_SET dr7, xcx
        mov xbx, SEGOFF(DATA0)
        add xbx, [access]
        mov eax, -1
        LAUNCH
%if size == 1
 %define ACC al
%elif size == 2
 %define ACC ax
%else
 %define ACC eax
%endif
%if WINDOW_BITS == 16
 %define WHERE bx
%elif WINDOW_BITS == 32
 %define WHERE ebx
%else
 %define WHERE rbx
%endif
%ifidn kind, load
        mov ACC, [WHERE]
%else
        mov [WHERE], ACC
%endif
behind: STOP
