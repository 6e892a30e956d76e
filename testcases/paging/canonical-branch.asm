;; title:    A near branch to an address that is not canonical is #GP(0) at the branch, with nothing changed
;; why:      who loads RIP first shows an address that no handler can use
;; cite:     SDM 2A JMP, Operation and 64-Bit Mode Exceptions; SDM 2A CALL, 64-Bit Mode Exceptions; SDM 2B RET, 64-Bit Mode Exceptions;
;;+          silicon AMD EPYC (Zen 3) at CPL 3; APM 3 JMP (Near); APM 3 CALL (Near); APM 3 RET (Near)
;; modes:    long64
;; cpl:      0 3
;; sweep:    high = 0x00008000 0xffff7fff 0x80000000 0x0001ffff 0x7fffffff
;; variant:  insn = jump_register jump_memory call_register call_memory ret ret_8
;; undefined when insn == call_register or insn == call_memory: mem(STACK + 0xef0, 8) mem(PT_1 + 0x248, 1)
;; expect:   exit == GP and err == 0 and cpl == launch_cpl
;; expect:   rip == branch and rsp == launch.rsp and regs == {}
        mov esi, [high]
        shl rsi, 32
        mov [DATA0], rsi
        push rsi
        LAUNCH
branch:
%ifidn insn, jump_register
        jmp rsi
%elifidn insn, jump_memory
        jmp [DATA0]
%elifidn insn, call_register
        call rsi
%elifidn insn, call_memory
        call [DATA0]
%elifidn insn, ret
        ret
%else
        ret 8
%endif
        STOP
