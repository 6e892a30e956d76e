;; title:    A TSS that cannot be switched to faults in the old task: DPL, availability, presence, limit; nothing has
;;+          changed
;; cite:     SDM 3A 7.3 Task Switching (table 7-1); SDM 2A CALL, Operation (TASK-GATE, TASK-STATE-SEGMENT); SDM 2A
;;+          INT n/INTO/INT3/INT1, Operation (TASK-GATE); SDM 2A IRET/IRETD/IRETQ, Operation (TASK-RETURN)
;; modes:    pm16 pm32
;; cpl:      0 3
;; sweep:    tss_type = 0x09 0x0b 0x02 0x05 0x12
;; sweep:    present = 0 1
;; sweep:    tss_dpl = 0 3
;; sweep:    tss_limit = 0x2b 0x66 0x67
;; variant:  how = jmp_tss call_tss jmp_gate call_gate int_gate exception iret
;; where:    launch_cpl == 0 or how != iret
;; where:    not (present == 1 and tss_limit == 0x67 and tss_type == (0x0b if how == iret else 0x09)
;;+          and (how not in {jmp_tss, call_tss} or tss_dpl >= launch_cpl))
;; where:    not (how in {jmp_tss, call_tss} and tss_type in {0x02, 0x05, 0x12})
;; expect when how in {jmp_tss, call_tss} and tss_dpl < launch_cpl: exit == GP
;; expect when how in {jmp_tss, call_tss, jmp_gate, call_gate, int_gate, exception} and tss_type != 0x09: exit == GP
;; expect when how in {jmp_tss, call_tss} and tss_type == 0x09 and tss_dpl >= launch_cpl:
;;+          exit == (NP if present == 0 else TS)
;; expect when how in {jmp_gate, call_gate, int_gate, exception} and tss_type == 0x09:
;;+          exit == (NP if present == 0 else TS)
;; expect when how == iret and tss_type != 0x0b: exit == TS
;; expect when how == iret and tss_type == 0x0b: exit == (NP if present == 0 else TS)
;; expect:   err == (FREE0 | (1 if how == exception else 0))
;; expect:   rip & 0xffff == insn & 0xffff and cpl == launch_cpl and rsp == launch.rsp and regs == {} and tr == KTSS
;;+          and changed == {frame}
        mov eax, [tss_limit]
        or eax, (TSS2 & 0xffff) << 16
        mov ebx, [present]
        shl ebx, 2
        or ebx, [tss_dpl]
        shl ebx, 5
        or ebx, [tss_type]
        shl ebx, 8
        or ebx, TSS2 >> 16
        SETDESC FREE0, eax, ebx
        SETDESC 0x168, FREE0 << 16, 0xe500      ; task gate, DPL 3
%ifidn how, int_gate
        mov word [GATE(0x18) + 2], FREE0
        mov byte [GATE(0x18) + 5], 0xe5
%elifidn how, exception
        mov word [GATE(7) + 2], FREE0
        mov byte [GATE(7) + 5], 0xe5
        or byte [LB_cr0], 8
%elifidn how, iret
        LAUNCH_SET flags, 0x4002
        mov word [TSS], FREE0
%endif
        LAUNCH
insn:
%ifidn how, jmp_tss
        jmp FREE0:0
%elifidn how, call_tss
        call FREE0:0
%elifidn how, jmp_gate
        jmp 0x168 | 3:0
%elifidn how, call_gate
        call 0x168 | 3:0
%elifidn how, int_gate
        int 0x18
%elifidn how, exception
        fnop
%else
        o32 iret
%endif
        STOP
