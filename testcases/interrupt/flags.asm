;; title:    Delivery saves the flags as they were, clears TF NT RF VM, and IF through an interrupt gate only
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation; SDM 3A 6.12.1.3 Flag Usage By Exception- or Interrupt-Handler
;;+          Procedure
;; modes:    pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    eflags = 0x2 0x202 0x4002 0x4202 0x402 0x3002 0x40002 0x200002 0x8d7 0x247ed7
;; sweep:    tf = 0 1
;; variant:  kind = interrupt_gate trap_gate
;; expect:   exit == 0x18 and rip & 0xffff == after & 0xffff and flags == eflags | (0x100 if tf == 1 else 0)
;; expect when kind == interrupt_gate: arrival.flags == eflags & ~0x4200
;; expect when kind == trap_gate: arrival.flags == eflags & ~0x4000
%ifidn kind, trap_gate
        mov byte [GATE(0x18) + 5], 0xef
%else
        mov byte [GATE(0x18) + 5], 0xee
%endif
        mov xax, [eflags]
        LAUNCH_SET flags, xax
        mov ebx, [tf]
        shl ebx, 8
        or xbx, xax
%if WINDOW_BITS == 64
        push rbx
        LAUNCH
        popfq                           ; TF counts from the next instruction on, and INT n clears it
%else
        sub xsp, 4
        mov [xsp], ebx
        LAUNCH
        popfd
%endif
        int 0x18
after:  nop
        STOP
