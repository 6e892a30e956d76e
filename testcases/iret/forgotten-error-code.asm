;; title:    A #PF handler that forgets the error code returns through it: EIP becomes CS
;; why:      the truncated EIP is loaded as a selector: #GP with that selector, a code nobody expects
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation; SDM 3A Error Code
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; variant:  access = read write
;; expect:   nfault == 1 and fault[0].vector == PF and fault[0].cr2 == DATA2 + 0x10 and fault[0].rip == touch
;; expect when access == read: fault[0].err == (4 if launch_cpl == 3 else 0)
;; expect when access == write: fault[0].err == (6 if launch_cpl == 3 else 2)
;; expect:   exit == GP and err == touch & 0xfffc and cpl == 0
        SETPTE DATA2, 0
        mov xsi, DATA2 + 0x10
        LAUNCH_AT CODE + 0x118
touch:
%ifidn access, read
%if WINDOW_BITS == 64
        mov eax, [rsi]
%else
        mov eax, [esi]
%endif
%else
%if WINDOW_BITS == 64
        mov [rsi], eax
%else
        mov [esi], eax
%endif
%endif
        STOP
        SCRIPT
          ON 14, nth 1
          RETURN WORD_SIZE
        ENDSCRIPT
