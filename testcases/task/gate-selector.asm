;; title:    The selector of a task gate, and the back link of IRET: null, local, beyond the limit; the gate's own
;;+          DPL and presence
;; cite:     SDM 3A 7.2.5 Task-Gate Descriptor; SDM 2A CALL, Operation (TASK-GATE); SDM 2A INT n/INTO/INT3/INT1,
;;+          Operation (TASK-GATE); SDM 2A IRET/IRETD/IRETQ, Operation (TASK-RETURN)
;; modes:    pm16 pm32
;; cpl:      0 3
;; sweep:    sel = 0x0 0x3 LCODE_0 0x84 BEYOND 0x3f8 0x168 KDATA UCODE32 KLDT KTSS
;; sweep:    gdpl = 0 3
;; sweep:    present = 0 1
;; variant:  how = jmp_gate call_gate int_gate iret
;; where:    launch_cpl == 0 or how != iret
;; where:    how != iret or (gdpl == 3 and present == 1)
;; where:    how != iret or sel != KTSS
;; expect when how in {jmp_gate, call_gate} and gdpl < launch_cpl: exit == GP and err == FREE0
;; expect when how in {jmp_gate, call_gate} and gdpl >= launch_cpl and present == 0: exit == NP and err == FREE0
;; expect when how == int_gate and gdpl < launch_cpl: exit == GP and err == 0xc2
;; expect when how == int_gate and gdpl >= launch_cpl and present == 0: exit == NP and err == 0xc2
;; expect when how != iret and gdpl >= launch_cpl and present == 1: exit == GP and err == sel & 0xfffc
;; expect when how == iret: exit == TS and err == sel & 0xfffc
;; expect:   rip & 0xffff == insn & 0xffff and cpl == launch_cpl and rsp == launch.rsp and regs == {} and tr == KTSS
        mov eax, [sel]
        mov ebx, [present]
        shl ebx, 2
        or ebx, [gdpl]
        shl ebx, 5
        or ebx, 5
%ifidn how, int_gate
        mov [GATE(0x18) + 2], ax
        mov [GATE(0x18) + 5], bl
%elifidn how, iret
        LAUNCH_SET flags, 0x4002
        mov [TSS], ax
%else
        mov [GDT + FREE0 + 2], ax
        mov [GDT + FREE0 + 5], bl
%endif
        LAUNCH
insn:
%ifidn how, jmp_gate
        jmp FREE0:0
%elifidn how, call_gate
        call FREE0:0
%elifidn how, int_gate
        int 0x18
%else
        o32 iret
%endif
        STOP
