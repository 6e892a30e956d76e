;; title:    The limit of the LDT bounds a selector with TI set; with no LDT every such selector is #GP(selector)
;; cite:     SDM 3A Segment Descriptor Tables; SDM 2A LLDT, Description (if bits 2-15 of the source are 0, LDTR is
;;+          marked
;;+          invalid and all subsequent references to descriptors in the LDT cause #GP); SDM 2B MOV, Operation; APM 2
;;+          LDT
;; modes:    pm16 pm32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; sweep:    sel = 0x34 0x3c 0x44
;; sweep:    ldt = 0x2f 0x30 0x36 0x37 0x3e 0x3f 0x40 0x47 0x1000 0xffff
;; variant:  reg = DS ES FS GS SS
;; where:    reg in {DS, SS} or sel == 0x3c
;; expect when ldt != 0xffff and sel | 7 <= ldt: exit == stop and rbx & 0xffff == sel | launch_cpl
;; expect when ldt != 0xffff and sel | 7 <= ldt: mem(LDT + (sel & ~7) + 5, 1) & 1 == 1
;; expect when ldt == 0xffff or sel | 7 > ldt:
;;+          exit == GP and err == sel and rip & 0xffff == insn & 0xffff and changed <= {frame}
;; expect when exit == GP:
;;+          ds == launch.ds and es == launch.es and fs == launch.fs and gs == launch.gs and ss == launch.ss
none    equ 0xffff
%if WINDOW_BITS == 16
HIGH    equ 0x00009200 | CPL << 13 | ARENA >> 16
%else
HIGH    equ 0x00cf9200 | CPL << 13
%endif
%assign s 0x30
%rep 3
        mov dword [LDT + s], 0xffff
        mov dword [LDT + s + 4], HIGH
%assign s s + 8
%endrep
        mov eax, [ldt]
        cmp eax, none
        je .none
        or eax, (LDT & 0xffff) << 16
        SETDESC FREE0, eax, 0x00008200 | LDT >> 16
        LAUNCH_SET ldtr, FREE0
        jmp .set
.none:  LAUNCH_SET ldtr, 0
.set:   mov eax, [sel]
        or al, CPL
        LAUNCH
insn:   mov reg, ax
        mov ebx, reg
        STOP
