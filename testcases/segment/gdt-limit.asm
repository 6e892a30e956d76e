;; title:    A selector whose descriptor does not end within the GDT's limit is #GP(selector); nothing is loaded
;; cite:     SDM 3A Limit Checking (GDTR limit, last valid byte); SDM 2B MOV, Operation (segment selector index is
;;+          outside
;;+          descriptor table limits); APM 2 Segment Selectors
;; modes:    pm16 pm32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; sweep:    sel = 0x158 0x160 0x168 0xfff8
;; sweep:    limit = 0x157 0x15e 0x15f 0x160 0x166 0x167 0x16f 0xfffe 0xffff
;; variant:  reg = DS ES FS GS SS
;; where:    reg in {DS, SS} or sel == 0x160
;; expect when sel | 7 <= limit: exit == stop and rbx & 0xffff == sel | launch_cpl
;; expect when sel | 7 <= limit: mem(GDT + sel + 5, 1) == 0x93 | launch_cpl << 5
;; expect when sel | 7 > limit: exit == GP and err == sel and rip & 0xffff == insn & 0xffff and changed <= {frame}
;; expect when sel | 7 > limit:
;;+          ds == launch.ds and es == launch.es and fs == launch.fs and gs == launch.gs and ss == launch.ss
%if WINDOW_BITS == 16
HIGH    equ 0x00009200 | CPL << 13 | ARENA >> 16
%else
HIGH    equ 0x00cf9200 | CPL << 13
%endif
%assign s 0x158
%rep 3
        SETDESC s, 0xffff, HIGH
%assign s s + 8
%endrep
        mov dword [ARENA + 0xfff8], 0xffff
        mov dword [ARENA + 0xfffc], HIGH
        mov xax, [limit]
        LAUNCH_SET gdt_limit, xax
        mov eax, [sel]
        or al, CPL
        LAUNCH
insn:   mov reg, ax
        mov ebx, reg
        STOP
