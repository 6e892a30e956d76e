;; title:    An exception through a task gate pushes its error code, and nothing else, on the stack of the new task
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation (TASK-GATE); SDM 3A 6.12.2 Interrupt Tasks
;; modes:    pm16 pm32 pm32-p32 pm32-pae
;; cpl:      0 3
;; touches:  STACK0+0x6c0 0x40
;; touches:  STACK0+0xac0 0x40
;; sweep:    new_cpl = 0 3
;; variant:  what = gp gp_selector np nm int_n
;; expect:   exit == stop and rip == target and tr == KTSS2 and flags.nt == 1 and cpl == new_cpl
;;+          and mem(TSS2, 2) == KTSS
;; expect when what in {gp, gp_selector, np}: rsp == STACK0_TOP - 0x804
;;+          and mem(rsp, 4) == (0 if what == gp else BEYOND if what == gp_selector else UDATA_NP)
;; expect when what in {nm, int_n}: rsp == STACK0_TOP - 0x800
;; expect:   mem(TSS + 0x20, 4) & 0xffff == (after if what == int_n else insn) & 0xffff
;;+          and mem(TSS + 0x4c, 2) == launch.cs
;;+          and mem(TSS + 0x38, 4) == launch.rsp
%ifidn what, np
 %assign n 11
%elifidn what, nm
 %assign n 7
        or byte [LB_cr0], 8
%elifidn what, int_n
 %assign n 13                           ; the vector of #GP, but no error code
%else
 %assign n 13
%endif
        mov word [GATE(n) + 2], KTSS2
        mov byte [GATE(n) + 5], 0xe5
        mov dword [TSS2 + 0x20], target
        cmp dword [new_cpl], 0
        je .kernel
        mov dword [TSS2 + 0x4c], UCODE32 | 3
%assign i 0x48
%rep 6
 %if i != 0x4c
        mov dword [TSS2 + i], UDATA | 3
 %endif
 %assign i i + 4
%endrep
.kernel:
        mov eax, BEYOND
        mov ebx, UDATA_NP | 3
        LAUNCH
insn:
%ifidn what, gp
        jmp 0:0
%elifidn what, gp_selector
        mov ds, eax
%elifidn what, np
        mov ds, ebx
%elifidn what, nm
        fnop
%else
        int 13
%endif
after:  STOP
target: STOP
