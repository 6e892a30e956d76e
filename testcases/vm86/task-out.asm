;; title:    An interrupt of virtual-8086 mode through a task gate saves VM
;;+          and paragraphs in the TSS; IRET goes back there
;; cite:     SDM 3B Handling an Interrupt or Exception Through a Task Gate; SDM 3A Task Switching; SDM 3A Task Linking
;; modes:    vm86
;; touches:  STACK0+0x6c0 0x40
;; touches:  TSS2 0x80
;; sweep:    eflags = 0x23002 0x23202 0x27ad7
;; variant:  kind = int_n exception
;; variant:  back = no yes
;; expect when back == no: exit == stop and rip == target and tr == KTSS2 and cpl == 0 and flags.nt == 1
;;+          and flags.vm == 0 and ds == KDATA
;; expect when back == no: mem(TSS2, 2) == KTSS and mem(GDT + KTSS + 5, 1) == 0x8b
;; expect when back == yes: exit == stop and rip == after - ARENA and tr == KTSS and cpl == 3
;;+          and flags & ~0x10000 == eflags and ds == 0x1111 and es == 0x2222 and fs == 0x3333 and gs == 0x4444
;; expect when back == yes: mem(GDT + KTSS2 + 5, 1) == 0x89
;; expect:   mem(TSS + 0x20, 4) == (insn if kind == exception and back == no else after) - ARENA
;; expect:   mem(TSS + 0x24, 4) & ~0x10000 == eflags and mem(TSS + 0x54, 2) == 0x1111 and mem(TSS + 0x48, 2) == 0x2222
;; expect:   mem(TSS + 0x4c, 2) == launch.cs and mem(TSS + 0x50, 2) == launch.ss and cr0 & 8 == 8
%ifidn kind, int_n
 %assign n 0x18
%else
 %assign n 0
%endif
        mov word [GATE(n) + 2], KTSS2
        mov byte [GATE(n) + 5], 0xe5
        mov dword [TSS2 + 0x20], target
        mov dword [TSS2 + 0x24], 2
        mov eax, [eflags]
        LAUNCH_SET flags, eax
        LAUNCH_SET ds, 0x1111
        LAUNCH_SET es, 0x2222
        LAUNCH_SET fs, 0x3333
        LAUNCH_SET gs, 0x4444
        LAUNCH
insn:
%ifidn kind, int_n
        int 0x18
%else
        aam 0
%endif
after:  STOP
        bits 32
target:
%ifidn back, yes
        mov dword [TSS + 0x20], OFF(after)
        iretd
%endif
        STOP
