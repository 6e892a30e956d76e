;; title:    A fault in the delivery of an external interrupt has EXT set in its code
;;+          and the interrupted instruction's RIP
;; cite:     SDM 3A 6.13 Error Code (EXT flag); SDM 2A INT n/INTO/INT3/INT1, Operation
;; modes:    vm86 pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  bad = type absent limit null beyond data not_present
;; expect when bad == type: exit == GP and err == 0x103
;; expect when bad == absent: exit == NP and err == 0x103
;; expect when bad == limit: exit == GP and err == 0x103
;; expect when bad == null: exit == GP and err == 1
;; expect when bad == beyond: exit == GP and err == BEYOND | 1
;; expect when bad == data: exit == GP and err == KDATA | 1
;; expect when bad == not_present: exit == NP and err == KCODE_NP | 1
;; expect:   rip & 0xffff == insn & 0xffff and cpl == launch_cpl and rsp == launch.rsp and flags.if == 1 and regs == {}
        IRQ_PENDING
%ifidn bad, type
        mov byte [GATE(0x20) + 5], 0x8c
%elifidn bad, absent
        mov byte [GATE(0x20) + 5], 0x0e
%elifidn bad, limit
        LAUNCH_SET idt_limit, GATE(0x20) - VECTORS + 6
%elifidn bad, null
        mov word [GATE(0x20) + 2], 0
%elifidn bad, beyond
        mov word [GATE(0x20) + 2], BEYOND
%elifidn bad, data
        mov word [GATE(0x20) + 2], KDATA
%else
        mov word [GATE(0x20) + 2], KCODE_NP
%endif
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
insn:   nop
        STOP
