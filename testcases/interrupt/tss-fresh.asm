;; title:    An inner stack is read from the TSS when it is needed: what was written after LTR counts at once
;; why:      an emulator cached ESP0 when the task register was loaded
;; cite:     SDM 3A Stack Switching (the processor uses the current TSS); SDM 2A LTR, Description (marks busy, switches no task);
;;+          SDM 2A INT n/INTO/INT3/INT1, Operation (INTER-PRIVILEGE-LEVEL-INTERRUPT)
;; modes:    pm16 pm32 pm32-p32 pm32-pae compat32 long64
;; cpl:      0
;; sweep:    top = 0xf00 0x800 0x408
;; variant:  how = int_n exception
;; expect:   cpl == 3 and rip & 0xffff == (insn & 0xffff) + (2 if how == int_n else 0) and exit == (INT_KIT if how == int_n else UD)
;; expect:   arrival.rsp == DATA3 + (top & ~15) - (40 if mode == long64 or mode == compat32 else 20)
%if HOME == 64
 %define SLOT 8
 %define RETURN_THERE iretq
%else
 %define SLOT 4
 %define RETURN_THERE o32 iret
%endif
%if MODE == MODE_PM16
 %assign USER_CS UCODE_ALT | 3
 %assign USER_SS UDATA16 | 3
%elif MODE == MODE_LONG64
 %assign USER_CS UCODE_ALT | 3
 %assign USER_SS UDATA | 3
%else
 %assign USER_CS UCODE32 | 3
 %assign USER_SS UDATA | 3
%endif
%if MODE == MODE_COMPAT32
 %define SLOT 4
 %define RETURN_THERE iretd
%endif
        mov xbx, [top]
        add xbx, DATA3
        and xbx, ~15
        LAUNCH_SET ss, KDATA
%if MODE == MODE_PM16
        LAUNCH_SET ss, KDATA16
%endif
        mov ecx, SEGOFF(TSS)
        mov eax, KDATA
        mov edx, SEGOFF(STACK_TOP) - 5 * SLOT
        mov dword [STACK_TOP - 5 * SLOT], SEGOFF(there)
        mov dword [STACK_TOP - 4 * SLOT], USER_CS
        mov dword [STACK_TOP - 3 * SLOT], 2
        mov dword [STACK_TOP - 2 * SLOT], SEGOFF(STACK_TOP) - 0x100
        mov dword [STACK_TOP - 1 * SLOT], USER_SS
        LAUNCH
%if WINDOW_BITS == 64
        mov rsp, rdx
        mov [rcx + 4], ebx
%else
        mov esp, edx
        mov [ss:ecx + 4], ebx
%endif
        RETURN_THERE
there:
insn:
%ifidn how, int_n
        int INT_KIT
%else
        ud2
%endif
        STOP
