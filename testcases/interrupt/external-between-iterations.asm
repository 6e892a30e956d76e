;; title:    An interrupt between two iterations of REP OUTSB saves RIP at the instruction, with rCX and rSI exact; a
;;+          return resumes the rest
;; cite:     SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Description (suspended by an exception or interrupt); SDM 3B 17.3.1.1
;;+          Instruction-Breakpoint Exception Condition (RF of an interrupt between iterations); SDM 3A 6.6 Program or
;;+          Task Restart
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; touches:  TSS+0x40 64
;; sweep:    df = 0 1
;; variant:  resumed = no yes
;; expect when resumed == no: exit == IRQ0 and rsi & 0xffff == (start + (6 - rcx) * (-1 if df == 1 else 1)) & 0xffff
;; expect when resumed == no: rip & 0xffff == (here if rcx != 0 else behind) & 0xffff and flags.if == 1
;; expect intel when resumed == no and rcx != 0 and mode not in {real, unreal}: flags.rf == 1
;; expect when resumed == yes: exit == stop and nfault == 1 and rcx == 0
;;+          and rsi & 0xffff == (start + 6 * (-1 if df == 1 else 1)) & 0xffff
;; expect when resumed == yes: fault[0].vector == IRQ0 and fault[0].rip & 0xffff in {here & 0xffff, behind & 0xffff}
;; expect:   flags.df == df and cpl == launch_cpl
start   equ DATA0 + 0x10
        IRQ_PENDING
        mov al, 0xff
        out 0x21, al                    ; the line is closed again
        mov byte [TSS + 0x68 + 4], 0    ; port 0x21 for the modes that ask the bitmap
        mov eax, [df]
        shl eax, 10
%if MODE == MODE_VM86
        or eax, 0x23002
%else
        or eax, 0x3002
%endif
        LAUNCH_SET flags, xax
        mov dword [start - 8], -1
        mov dword [start - 4], -1
        mov dword [start], -1
        mov dword [start + 4], -1
        mov byte [start - 2], 0xfe
        mov byte [start + 2], 0xfe
        mov edx, 0x21
        mov ecx, 6
        mov esi, SEGOFF(start)
        LAUNCH
        sti
        nop
here:   rep outsb                       ; to the controller's mask: the third byte opens the line
behind: cli
        STOP
        SCRIPT
%ifidn resumed, yes
          ON 0x20, nth 1
%if REAL_ADDRESSES
          RETURN 2
%else
          RETURN WORD_SIZE
%endif
%endif
        ENDSCRIPT
