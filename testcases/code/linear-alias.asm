;; title:    Code patched through another linear address of its page runs anew after a serialising instruction
;; why:      an emulator that looks for decoded code by the linear address of the store finds none
;; cite:     SDM 3A 11.6 Self-Modifying Code (a different linear address: a serializing operation); SDM 3A 8.3 Serializing
;;+          Instructions; APM 2 7.6.1 Cache Organization and Operation
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; requires: cpuid
;; variant:  insn = mov rep_stosd cmpxchg push
;; variant:  run = home alias
;; variant:  sync = cpuid iret
;; touches:  CODE2 64
;; expect:   exit == stop and rip == done and rbp == 0x101 and mem(CODE2, 2) == 0x20b1
%include "selfmod.inc"
%ifidn run, home
 %define RUN CODE2
 %define STORE_TO DATA3
%else
 %define RUN DATA3
 %define STORE_TO CODE2
%endif
        SETPTE DATA3, CODE2 | 7
        mov dword [CODE2], 0xc3c310b1   ; mov cl, 10h; ret
        xor ebp, ebp
        mov esi, 2
        LAUNCH
again:  mov eax, RUN
        call wax
        cmp cl, 0x10
        je .old
        add ebp, 0xff
.old:   inc ebp
        dec esi
        jz done
%ifidn insn, mov
        mov byte [STORE_TO + 1], 0x20
%elifidn insn, rep_stosd
        mov eax, 0xc3c320b1
        mov edi, STORE_TO
        mov ecx, 4
        rep stosd
%elifidn insn, cmpxchg
        mov eax, 0xc3c310b1
        mov ecx, 0xc3c320b1
        lock cmpxchg [STORE_TO], ecx
%else
        mov eax, 0xc3c320b1
        mov wcx, wsp
        mov wsp, STORE_TO + WINDOW_WORD
        push wax
        mov wsp, wcx
%endif
        SYNC sync
        jmp again
done:   STOP
