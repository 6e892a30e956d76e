;; title:    SLDT and STR zero-extend into a 32 or 64-bit register, SMSW gives CR0; to memory each writes 2 bytes
;; cite:     SDM 2B SLDT, STR, SMSW, Description and Operation; APM 3 SLDT, STR, SMSW
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  insn = sldt str smsw
;; variant:  size = 2 4 8
;; variant:  to = reg mem
;; where:    mode not in {real, unreal, vm86} or insn == smsw
;; where:    (size != 8 or mode == long64) and (size == 2 or to == reg)
;; expect:   exit == stop
;; expect when to == reg and size == 2: rbx == launch.rbx & ~0xffff | rbx & 0xffff
;; expect when to == reg and insn == sldt: rbx & 0xffff == KLDT
;; expect when to == reg and insn == str: rbx & 0xffff == KTSS
;; expect when to == reg and insn != smsw and size != 2: rbx >> 16 == 0
;; expect when to == reg and insn == smsw: rbx & 0xffff == launch.cr0 & 0xffff
;; expect when to == reg and insn == smsw and size == 8: rbx == launch.cr0
;; expect when to == mem: mem(DATA0 + 2, 4) == 0x5a5a5a5a and rbx == launch.rbx
;; expect when to == mem and insn == sldt: mem(DATA0, 2) == KLDT
;; expect when to == mem and insn == str: mem(DATA0, 2) == KTSS
;; expect when to == mem and insn == smsw: mem(DATA0, 2) == launch.cr0 & 0xffff
        mov dword [DATA0], 0x5a5a5a5a
        mov dword [DATA0 + 4], 0x5a5a5a5a
        mov ebx, 0xdddddddd
%if HOME == 64
        mov rbx, 0xeeeeeeeedddddddd
%endif
        LAUNCH
%ifidn to, mem
        insn [SEGOFF(DATA0)]
%elif size == 2
        insn bx
%elif size == 4
        insn ebx
%else
        insn rbx
%endif
        STOP
