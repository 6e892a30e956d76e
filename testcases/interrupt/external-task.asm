;; title:    An external interrupt through a task gate saves the interrupted task, pushes nothing,
;;+          and comes back by IRET
;; cite:     SDM 3A 6.12.2 Interrupt Tasks; SDM 3A Task Switching
;; modes:    vm86 pm16 pm32 pm32-p32 pm32-pae
;; cpl:      0 3
;; touches:  STACK0+0x6c0 0x40
;; touches:  TSS2 0x80
;; variant:  back = no yes
;; expect when back == no: exit == stop and rip == target and tr == KTSS2 and cpl == 0 and flags.nt == 1
;;+          and rsp == STACK0_TOP - 0x800 and mem(TSS2, 2) == KTSS
;; expect when back == yes: exit == stop and rip & 0xffff == last & 0xffff and tr == KTSS and cpl == launch_cpl
;;+          and rsp == launch.rsp and regs == {}
;; expect:   mem(TSS + 0x20, 4) & 0xffff == insn & 0xffff and mem(TSS + 0x24, 4) & 0x14200 == 0x200
;;+          and mem(TSS + 0x4c, 2) == launch.cs and mem(TSS + 0x38, 4) == launch.rsp
        IRQ_PENDING
        mov word [GATE(0x20) + 2], KTSS2
        mov byte [GATE(0x20) + 5], 0x85
        mov dword [TSS2 + 0x20], target
        mov dword [TSS + 0x1c], PT_TOP
        mov word [TSS + 0x60], KLDT
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%else
        LAUNCH_SET flags, 0x3002
%endif
        mov eax, 0x01010101
        mov ecx, 0x02020202
        LAUNCH
        sti
        nop
insn:   cli
last:   STOP
        bits 32
target:
%ifidn back, yes
        iretd
%endif
        STOP
