;; title:    A repeated string instruction whose count is zero touches nothing
;; why:      emulators load the first element before they look at the count,
;;+          or look at more of rCX than the address size takes
;; cite:     SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Operation; APM 3 1.2.6 Repeat Prefixes
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; sweep:    upper = 0 1
;; variant:  insn = movsb movsd stosw lodsd lodsb cmpsb cmpsd scasw
;; variant:  prefix = rep repne
;; variant:  size = native shorter
;; where:    prefix == rep or insn == cmpsb or insn == cmpsd or insn == scasw
;; where:    upper == 0 or size == shorter
;; expect:   exit == stop and rip == after and nfault == 0
;; expect:   rsi == launch.rsi and rdi == launch.rdi and rax == launch.rax
;; expect when upper == 0: rcx == 0
;; expect when mode != long64: rcx == launch.rcx
;; expect:   flags & 0xcd5 == launch.flags & 0xcd5
;; expect:   changed == {frame} and not {DATA0} <= accessed and not {DATA2} <= accessed
;; expect:   accessed <= {CODE, GDT, STACK, STACK0, VECTORS, TSS, LDT}
%ifidn size, shorter
 %if HOME == 64
 %define SIZE a32
 %else
 %define SIZE a16
 %endif
%else
 %define SIZE
%endif
        LAUNCH_SET flags, 0x893
        SETPTE DATA0, 0
        SETPTE DATA2, 0
        mov xsi, DATA0
        mov xdi, DATA2
        mov xcx, [upper]
        shl xcx, WORD_SIZE * 4
        LAUNCH
string: prefix SIZE insn
after:  STOP
