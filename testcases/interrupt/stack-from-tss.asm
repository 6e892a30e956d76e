;; title:    An entry to an inner level takes its stack from the TSS as it is then, not as LTR found it
;; why:      an implementation that caches ESP0 when TR is loaded runs the handler on the stack of the task before
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (INTER-PRIVILEGE-LEVEL-INTERRUPT); SDM 2A CALL, Operation
;;+          (MORE-PRIVILEGE); SDM 3A 6.14.2 64-Bit Mode Stack Frame; SDM 3A 5.8.5 Stack Switching
;; modes:    pm16 pm32 pm32-pae compat16 compat32 long64
;; cpl:      1 2 3
;; sweep:    level = 0 1 2
;; sweep:    new_sp = 0x4c040 0x4c03f 0x4c038 0x4c036
;; variant:  kind = interrupt_gate trap_gate exception call_gate
;; where:    level < launch_cpl
;; expect:   exit == stop and rip == target and cpl == level
;; expect when mode in {compat16, compat32, long64}: ss == level
;; expect when mode in {compat16, compat32, long64} and level != 0: arrival.ss == 0 and arrival.rsp == STACK0_TOP - 40
;; expect when mode not in {compat16, compat32, long64} and level != 0: arrival.ss == KDATA
;;+          and arrival.rsp == STACK0_TOP - 20
;; expect when mode not in {compat16, compat32, long64}: ss == (KDATA_F if level == 0 else DATA_1_F | 1
;;+          if level == 1 else DATA_2_F | 2)
;; expect when mode in {compat16, compat32, long64} and kind == call_gate: rsp == new_sp - 32
;;+          and mem(rsp, 8) & 0xffff == after & 0xffff
;;+          and mem(rsp + 8, 2) == launch.cs and mem(rsp + 16, 8) == launch.rsp and mem(rsp + 24, 2) == launch.ss
;; expect when mode in {compat16, compat32, long64} and kind != call_gate: rsp == (new_sp & ~15) - 40
;;+          and mem(rsp + 8, 2) == launch.cs and mem(rsp + 24, 8) == launch.rsp and mem(rsp + 32, 2) == launch.ss
;; expect when mode not in {compat16, compat32, long64} and kind == call_gate: rsp == new_sp - 16
;;+          and mem(rsp, 4) & 0xffff == after & 0xffff
;;+          and mem(rsp + 4, 2) == launch.cs and mem(rsp + 8, 4) == launch.rsp and mem(rsp + 12, 2) == launch.ss
;; expect when mode not in {compat16, compat32, long64} and kind != call_gate: rsp == new_sp - 20
;;+          and mem(rsp + 4, 2) == launch.cs
;;+          and mem(rsp + 12, 4) == launch.rsp and mem(rsp + 16, 2) == launch.ss
;; expect when kind in {interrupt_gate, trap_gate}: mem(rsp, 4) & 0xffff == after & 0xffff
;; expect when kind == exception: mem(rsp, 4) & 0xffff == insn & 0xffff
%ifidn kind, call_gate
 %assign gate_type 0x8c
%elifidn kind, trap_gate
 %assign gate_type 0x8f
%else
 %assign gate_type 0x8e
%endif
        mov ebx, [level]
        movzx edx, word [code_of + xbx * 2]
        mov eax, target
%ifidn kind, call_gate
        mov edi, FREE0 + GDT
%elifidn kind, exception
        mov edi, GATE(7)
        or byte [LB_cr0], 8             ; TS: the next FPU instruction is #NM
%else
        mov edi, GATE(0x18)
%endif
        mov [xdi], ax
        mov [xdi + 2], dx
        mov word [xdi + 4], (gate_type | 0x60) << 8
        shr eax, 16
        mov [xdi + 6], ax
%if HOME == 64
        mov dword [xdi + 8], 0
%endif
        mov xcx, [new_sp]
        movzx edx, word [ss_of + xbx * 2]
        lea xbp, [SEGOFF(TSS) + 4 + xbx * 8]
        LAUNCH
%if WINDOW_BITS == 64
        mov [rbp], rcx                  ; the TSS has been in use since LTR
%else
        mov [ds:ebp], ecx
%endif
%if HOME == 32
        mov [ds:ebp + 4], edx
%endif
insn:
%ifidn kind, call_gate
 %if WINDOW_BITS == 64
        call dword far [abs pointer]
 %else
        call FREE0 | 3:0
 %endif
%elifidn kind, exception
        fnop
%else
        int 0x18
%endif
after:  STOP
target: STOP
code_of:
        dw KCODE_F, CODE_1_F, CODE_2_F
ss_of:  dw KDATA_F, DATA_1_F | 1, DATA_2_F | 2
pointer:
        dd 0
        dw FREE0 | 3
