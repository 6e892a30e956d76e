;; title:    With CR4.DE an I/O breakpoint traps after the access, after the first iteration of a repeated one
;; cite:     SDM 3B Data Memory and I/O Breakpoint Exception Conditions;
;;+           SDM 3B Debug Control Register (DR7), R/Wn = 10B
;; modes:    real unreal pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; requires: de
;; sweep:    port = 0x35e 0x35f 0x360 0x361 0x364
;; sweep:    len = 0 1 3
;; variant:  insn = in_dx out_dx insb outsb
;; variant:  size = 1 2 4
;; where:    insn not in {insb, outsb} or size == 1
;; undefined: rax mem(DATA0, 4)
;; expect when port < 0x360 + len + 1 and 0x360 < port + size: exit == DB_ and dr6 & 0x400f == 1
;; expect when port >= 0x360 + len + 1 or 0x360 >= port + size: exit == stop and dr6 & 0x400f == 0
;; expect when exit == DB_ and insn in {in_dx, out_dx}: rip & 0xffff == behind & 0xffff and rcx == 3
;; expect when exit == DB_ and insn in {insb, outsb}: rip & 0xffff == here & 0xffff and rcx == 2
        mov xax, cr4
        or eax, 8
        mov cr4, xax
        mov eax, 0x360
        mov dr0, xax
        mov xcx, [len]
        shl ecx, 2
        or ecx, 2
        shl ecx, 16
        or ecx, 0x401
        LAUNCH_SET dr7, xcx
        LAUNCH_SET flags, 0x3002
        mov xdx, [port]
        mov xdi, SEGOFF(DATA0)
        mov xsi, xdi
        mov ecx, 3
        mov eax, -1
        LAUNCH
%if size == 1
 %define ACC al
%elif size == 2
 %define ACC ax
%else
 %define ACC eax
%endif
here:
%ifidn insn, in_dx
        in ACC, dx
%elifidn insn, out_dx
        out dx, ACC
%else
        rep insn
%endif
behind: STOP
