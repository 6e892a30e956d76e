;; title:    TF: the trap is not taken between MOV SS or POP SS and the next instruction; STI does not hold it back
;; cite:     SDM 3A Masking Exceptions and Interrupts When Switching Stacks; SDM 3B Single-Step Exception Condition;
;;+           SDM 2B MOV, POP, STI
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  insn = mov_ss pop_ss mov_ds mov_eax sti cld
;; where:    mode != long64 or insn != pop_ss
;; expect:   exit == DB_ and dr6 & 0x400f == 0x4000 and flags.tf == 1 and arrival.flags.tf == 0 and flags.rf == 0
;; expect when insn in {mov_ss, pop_ss}: rip & 0xffff == third & 0xffff
;; expect when insn in {mov_ds, mov_eax, sti, cld}: rip & 0xffff == second & 0xffff
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%else
        LAUNCH_SET flags, 0x3002
%endif
        mov xbx, [LB_ss]
        mov ecx, 0
        LAUNCH
%ifidn insn, pop_ss
%if WINDOW_BITS == 16
        push bx
%else
        push ebx
%endif
%endif
        pushf
%if WINDOW_BITS == 16
        mov bp, sp
        or word [bp], 0x100
%elif WINDOW_BITS == 32
        or word [esp], 0x100
%else
        or word [rsp], 0x100
%endif
        popf
%ifidn insn, mov_ss
        mov ss, bx
%elifidn insn, pop_ss
        pop ss
%elifidn insn, mov_ds
        mov es, cx
%elifidn insn, mov_eax
        mov eax, ebx
%elifidn insn, sti
        sti
%else
        cld
%endif
second: nop
third:  nop
        STOP
