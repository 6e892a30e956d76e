;; title:    The frame of a trap after SYSRET can be returned through; with SS.RPL 0 it cannot
;; why:      SYSRET with SS.RPL left at 0 goes unnoticed until an IRET checks the pushed SS
;; cite:     SDM 2B SYSRET, Operation; SDM 2A IRET/IRETD/IRETQ, 64-Bit Mode Exceptions; APM 3 SYSRET, Action
;;+          (SS.sel = MSR_STAR.SYSRET_CS + 8: no OR 3)
;; modes:    long64
;; requires: syscall
;; sweep:    base = 0x60 0x63
;; variant:  rpl = kept zero
;; expect:   nfault == 1 and fault[0].vector == 3
;; expect intel when rpl == kept: exit == stop and cpl == 3 and rip == back
;; expect amd when rpl == kept and base == 0x63: exit == stop and cpl == 3 and rip == back
;; expect amd when rpl == kept and base == 0x60: exit == GP and err == UDATA and cpl == 0
;; expect intel when rpl == kept: ss == UDATA | 3
;; expect when rpl == zero: exit == GP and err == UDATA and cpl == 0
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, [base]
        shl edx, 16
        wrmsr
        mov ecx, target
        mov r11d, 2
        LAUNCH
        o64 sysret
        STOP
target: int3
back:   STOP
        SCRIPT
          ON 3, nth 1
%ifidn rpl, zero
            FRAME 32, 8, UDATA
%endif
          RETURN 8
        ENDSCRIPT
