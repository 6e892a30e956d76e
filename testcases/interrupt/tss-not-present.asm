;; title:    A TSS whose slot for the new stack lies on a missing page is #PF at the interrupted instruction
;; why:      LTR reads nothing of the TSS: the page is missed only when the stack is needed
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation and Exceptions (#PF); SDM 2A CALL, Operation (MORE-PRIVILEGE);
;;+          SDM 3A 4.6.1 Determination of Access Rights (implicit supervisor-mode accesses)
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      2 3
;; touches:  DATA1+0xf80 0xc0
;; touches:  STACK12+0x380 0x80
;; sweep:    level = 0 1
;; sweep:    missing = 0 1
;; variant:  kind = interrupt_gate exception call_gate
;; where:    level == 1 or missing == 1
;; expect when level == 1 and missing == 1: exit == PF and cr2 == DATA2 and err == 0
;;+          and rip == insn and cpl == launch_cpl and rsp == launch.rsp and ss == launch.ss
;; expect when level == 0 or missing == 0: exit == stop and rip == target and cpl == level
TASK    equ DATA1 + 0xff0               ; the slot of level 1 lies across the end of the page
        SETDESC FREE0, (TASK & 0xffff) << 16 | 0x67, 0x8900 | TASK >> 16
        LAUNCH_SET tr, FREE0
        mov dword [TASK + 4], STACK0_TOP
        mov dword [TASK + 12], STACK1_TOP
%if HOME == 32
        mov dword [TASK + 8], KDATA
        mov dword [TASK + 16], DATA_1 | 1
%endif
        mov ebx, [level]
        movzx edx, word [code_of + xbx * 2]
        mov eax, target
%ifidn kind, call_gate
        mov edi, 0x170 + GDT
        mov word [xdi + 4], 0xec00
%elifidn kind, exception
        mov edi, GATE(7)
        mov word [xdi + 4], 0x8e00
        or byte [LB_cr0], 8
%else
        mov edi, GATE(0x18)
        mov word [xdi + 4], 0xee00
%endif
        mov [xdi], ax
        mov [xdi + 2], dx
        shr eax, 16
        mov [xdi + 6], ax
%if HOME == 64
        mov dword [xdi + 8], 0
%endif
        cmp dword [missing], 0
        je .present
        SETPTE DATA2, 0
.present:
        LAUNCH
insn:
%ifidn kind, call_gate
        call dword far [abs pointer]
%elifidn kind, exception
        fnop
%else
        int 0x18
%endif
        STOP
target: STOP
code_of:
        dw KCODE_F, CODE_1_F
pointer:
        dd 0
        dw 0x173
