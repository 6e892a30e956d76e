;; title:    A data access of which any byte is not canonical is #GP(0), or #SS(0) through the stack segment, before pages are asked
;; why:      an emulator that checks the first byte alone, drops the upper bits, or says #GP for every segment
;; cite:     SDM 1 3.3.7.1 Canonical Addressing; SDM 3A 6.15 Interrupt 12-Stack Fault Exception (#SS); SDM 3A Interrupt 13-General Protection
;;+          Exception (#GP); APM 2 5.3.1 Canonical Address Form; APM 2 8.2.13 #SS-Stack Exception
;; modes:    long64
;; cpl:      0 3
;; sweep:    high = 0x00007fff 0x00008000 0x7fffffff 0x80000000 0xffff0000 0xffff7fff 0xffff8000
;; sweep:    low = 0x0 0x1000 0xfffffff8 0xfffffffc 0xffffffff
;; variant:  insn = load store fs_load rbp_load rsp_load rbp_fs push_mem xchg_rbp byte_load rmw
;; where:    insn != rsp_load or launch_cpl == 3
;; undefined when insn == rmw or insn == xchg_rbp: err
;; expect when canonical(high << 32 | low) and canonical((high << 32 | low) + length - 1): exit == PF and err & ~2 == (4 if launch_cpl == 3
;;+          else 0) and cr2 == high << 32 | low
;; expect when not canonical(high << 32 | low) or not canonical((high << 32 | low) + length - 1): exit == (SS_FAULT if by_stack else GP)
;;+          and err == 0 and cr2 == 0
;; expect:   rip == spot and regs == {} and flags & 0xcd5 == launch.flags & 0xcd5 and rsp == launch.rsp
%include "walk.inc"
        mov esi, [high]
        shl rsi, 32
        mov eax, [low]
        or rsi, rax
        mov rbp, rsi
        xor ecx, ecx
%ifidn insn, rsp_load
        mov rsp, rsi
%endif
        xor edi, edi
        LAUNCH
%macro  OPERATION 2+                    ; bytes accessed, instruction
length  equ %1
spot:   %2
%endmacro
%ifidn insn, load
by_stack equ 0
        OPERATION 8, mov rax, [rsi]
%elifidn insn, store
by_stack equ 0
        OPERATION 4, mov [rsi], ecx
%elifidn insn, fs_load
by_stack equ 0
        OPERATION 4, mov eax, [fs:rsi]
%elifidn insn, rbp_load
by_stack equ 1
        OPERATION 4, mov eax, [rbp]
%elifidn insn, rsp_load
by_stack equ 1
        OPERATION 8, mov rax, [rsp + rcx]
%elifidn insn, rbp_fs
by_stack equ 0
        OPERATION 8, mov rax, [fs:rbp]
%elifidn insn, push_mem
by_stack equ 0
        OPERATION 8, push qword [rsi]
%elifidn insn, xchg_rbp
by_stack equ 1
        OPERATION 8, xchg [rbp + rcx], rdx
%elifidn insn, byte_load
by_stack equ 0
        OPERATION 1, movzx eax, byte [rsi]
%else
by_stack equ 0
        OPERATION 4, lock add [rsi], ecx
%endif
        STOP
