;; title:    The handler rewrites the faulting instruction: the new one executes
;; why:      an emulator that resumes what it had decoded runs the old instruction, or half of each
;; cite:     SDM 3A 6.6 Program or Task Restart; SDM 3A 8.1.3 Handling Self- and Cross-Modifying Code;
;;+          APM 2 7.6.1 Cache Organization and Operation
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; variant:  place = inside split
;; variant:  patch = opcode modrm whole second_byte_only
;; touches:  CODE+0x200 64
;; touches:  CODE+0xfc0 128
;; expect:   exit == stop and rip == done and nfault == 1
;; expect:   fault[0].vector == PF and fault[0].rip == spot and fault[0].cr2 == DATA0 + 0x10
;;+          and fault[0].err == (4 if launch_cpl == 3 else 0)
;; expect when patch == opcode: regs == {} and mem(DATA0 + 0x10, 4) == launch.rdx & 0xffffffff and {DATA0} <= changed
;; expect when patch == modrm: regs == {rbx} and rbx == 0x55443322 and not {DATA0} <= changed
;; expect when patch == whole: regs == {rdx} and rdx == 0 and flags.zf == 1
;; expect when patch == second_byte_only: regs == {rsi} and rsi == 0x55443322
%ifidn place, split
%define SPOT CODE + 0xfff
%else
%define SPOT CODE + 0x200
%endif
%ifidn patch, opcode
%define BYTES 0x1689                    ; mov [xsi], edx
%elifidn patch, modrm
%define BYTES 0x1e8b                    ; mov ebx, [xsi]
%elifidn patch, whole
%define BYTES 0xd231                    ; xor edx, edx
%else
%define BYTES 0x368b                    ; mov esi, [xsi]
%endif
        mov dword [DATA0 + 0x10], 0x55443322
        mov xsi, DATA0 + 0x10
        SETPTE DATA0, 0
        LAUNCH_AT SPOT
spot:   mov edx, [xsi]
done:   STOP
        SCRIPT
          ON 14, nth 1
            STORE PTE(DATA0), PTE_SIZE, DATA0 | 7
%ifidn patch, second_byte_only
            STORE (SPOT) + 1, 1, BYTES >> 8
%else
            STORE (SPOT), 2, BYTES
%endif
            DROPERR
          RETURN WORD_SIZE
        ENDSCRIPT
