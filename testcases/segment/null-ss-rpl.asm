;; title:    In 64-bit mode a null selector whose RPL is not the CPL is #GP(0) in SS on Intel processors
;; why:      an emulator compares the RPL of selectors that have a descriptor only
;; cite:     SDM 2B MOV, Operation (SS, 64-bit mode: CPL = 3 or RPL != CPL); SDM 3A Interrupt 13-General Protection
;;+          Exception (#GP), 64-bit mode
;; modes:    long64
;; requires: intel
;; cpl:      0 1 2
;; sweep:    null = 0 1 2 3
;; variant:  insn = mov lss
;; where:    null != launch_cpl
;; expect:   exit == GP and err == 0 and rip == here and ss == launch.ss and regs == {}
        mov eax, [null]
        mov [DATA0 + 4], eax
        LAUNCH
here:
%ifidn insn, mov
        mov ss, ax
%else
        o32 lss ebx, [DATA0]
%endif
        STOP
