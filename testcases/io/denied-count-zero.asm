;; title:    REP INS and OUTS with count 0 touch no memory and, by Intel's manual, check no permission
;; why:      who checks the port before looking at the count faults here; AMD's silicon (EPYC at CPL 3) does
;; cite:     SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Operation:
;;+           WHILE CountReg != 0 DO ... Execute associated string instruction
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    iopl = 0 3
;; sweep:    absent = 0 1
;; variant:  insn = insb insw insd outsb outsw outsd
;; variant:  asize = a16 a32 a64
;; where:    (mode == long64 and asize == a64) or (mode != long64 and asize != a64)
;; expect intel: exit == stop and regs == {} and nfault == 0
;; expect amd when launch_cpl <= iopl: exit == stop and regs == {} and nfault == 0
;; expect amd when launch_cpl > iopl: exit == GP and err == 0 and regs == {}
        cmp dword [absent], 0
        je .mapped
%if MODE != MODE_PM32
        SETPTE DATA0, 0
%endif
.mapped:
        mov xax, [iopl]
        shl eax, 12
        or eax, 2
        LAUNCH_SET flags, xax
        mov edx, 0x360
        mov xsi, DATA0
        mov xdi, DATA0
%ifidn asize, a16
        mov ecx, 0x10000
%else
        xor ecx, ecx
%endif
        mov eax, -1
        LAUNCH
        asize rep insn
        STOP
