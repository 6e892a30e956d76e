;; title:    DR6 and DR7 keep their fixed bits whatever is written; bits 63:32 of the value must be 0, else #GP(0);
;;+          DR0 to DR3 take 64 bits
;; cite:     SDM 3B Debug Status Register (DR6); SDM 3B Debug Control Register (DR7); SDM 3B Debug Registers and
;;+          Intel 64 Processors; SDM 2B MOV-Move to/from Debug Registers, 64-Bit Mode Exceptions; APM 2 13.1.1 Debug
;;+          Registers
;; modes:    real pm32 compat32 long64
;; sweep:    low = 0 0xffff2fff 0xffffffff 0x400 0xd400 0xffff0ff0 0x1fff0000 0x5a5a1a5a
;; sweep:    high = 0 1 0x80000000 0xffffffff
;; variant:  number = 0 2 6 7
;; where:    mode == long64 or high == 0
;; where:    number != 7 or low & 0x20ff == 0 or high != 0
;; where:    number != 6 or low & 0x10800 == 0x10800 or high != 0
;; expect when number in {0, 2} or high == 0: exit == stop
;; expect when number in {6, 7} and high != 0: exit == GP and err == 0 and rip == here and dr6 == launch.dr6 and dr7
;;+          == launch.dr7 and regs == {}
;; expect when number == 0: dr0 == high << 32 | low
;; expect when number == 2: dr2 == high << 32 | low
;; expect when number == 6 and high == 0: dr6 == (low & 0xe00f) | 0xffff0ff0
;; expect when number == 7 and high == 0: dr7 == (low & 0xffff23ff) | 0x400
%include "window.inc"
        mov eax, [low]
%if HOME == 64
        mov ecx, [high]
        shl rcx, 32
        or rax, rcx
%endif
        LAUNCH
here:   mov dr%[number], wax
        STOP
