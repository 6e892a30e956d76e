;; title:    In virtual-8086 mode INT n needs IOPL 3, INT3, INTO and INT1 do not; the gate's DPL counts for all but
;;+          INT1 and exceptions
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation: VM = 1 and IOPL < 3 and INT n; software interrupt and gate DPL <
;;+          CPL; SDM 3B Sensitive Instructions; SDM 3A Error Code
;; modes:    vm86
;; sweep:    iopl = 0 2 3
;; sweep:    gdpl = 0 2 3
;; sweep:    present = 0 1
;; variant:  insn = int_n int_3 int3 into int1 exception
;; expect when insn in {int_n, int_3} and iopl < 3: exit == GP and err == 0
;; expect when insn in {int_n, int_3} and iopl == 3 and gdpl < 3: exit == GP
;;+          and err == (0x12 if insn == int_n else 3) * 8 + 2
;; expect when insn in {int3, into} and gdpl < 3: exit == GP and err == (3 if insn == int3 else 4) * 8 + 2
;; expect when insn in {int_n, int_3} and iopl == 3 and gdpl == 3: exit == (NP if present == 0 else stop)
;; expect when insn in {int3, into} and gdpl == 3: exit == (NP if present == 0 else stop)
;; expect when insn in {int1, exception}: exit == (NP if present == 0 else stop)
;; expect when exit == NP: err == (0x92 if insn == int_n else 0x1a if insn in {int_3, int3}
;;+          else 0x22 if insn == into else 0xb if insn == int1 else 0x3b)
;; expect when exit != stop: rip == here - ARENA and cpl == 3 and rsp == launch.rsp and regs == {}
;; expect when exit == stop: rip == target and mem(STACK0_TOP - 28, 4) & 0x23000 == launch.flags & 0x23000
%ifidn insn, int_n
 %assign n 0x12
%elifidn insn, int1
 %assign n 1
%elifidn insn, into
 %assign n 4
%elifidn insn, exception
 %assign n 7
        or byte [LB_cr0], 8
%else
 %assign n 3
%endif
        SETGATE n, KCODE, target, 0xee
        mov eax, [present]
        shl eax, 2
        or eax, [gdpl]
        shl eax, 5
        or eax, 0xe
        mov [GATE(n) + 5], al
        mov eax, [iopl]
        shl eax, 12
        or eax, 0x20802                 ; OF set
        LAUNCH_SET flags, eax
        LAUNCH
here:
%ifidn insn, int_n
        db 0xcd, 0x12
%elifidn insn, int_3
        db 0xcd, 3
%elifidn insn, int1
        db 0xf1
%elifidn insn, exception
        fnop
%else
        insn
%endif
        STOP
        bits 32
target: STOP
