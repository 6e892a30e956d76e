;; title:    An instruction that lies on two pages is patched in either of them, or across both
;; why:      an emulator files decoded code under the page of its first byte: a store into the second page does not find it
;; cite:     SDM 3A 8.1.3 Handling Self- and Cross-Modifying Code (option 1); SDM 3A 11.6 Self-Modifying Code;
;;+          APM 2 7.6.1 Cache Organization and Operation
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; variant:  split = 1 2 3 4
;; variant:  half = first second both
;; where:    half == second or split != 1
;; touches:  CODE+0xfc0 128
;; expect:   exit == stop and rip & 0xffff == done & 0xffff and rsi == 0x44332211
;; expect when half == first: rdi == 0x44332299
;; expect when half == second: rdi == 0x99332211
;; expect when half == both: rdi == 0x99887766
%include "selfmod.inc"
        mov ebp, 2
        LAUNCH_AT CODE2 - PREFIX32 - split
target: mov eax, 0x44332211
        mov esi, edi
        mov edi, eax
        dec ebp
        jz done
%ifidn half, first
        mov byte [SEGOFF(CODE2) - split + 1], 0x99
%elifidn half, second
        mov byte [SEGOFF(CODE2) - split + 4], 0x99
%else
        mov dword [SEGOFF(CODE2) - split + 1], 0x99887766
%endif
        jmp target
done:   STOP
