;; title:    Code and data 1 MiB above other ones: which memory they are follows the A20 gate at each of its changes
;; why:      an emulator that keeps translations or decoded code across a change of the gate runs what was there before
;; cite:     SDM 3A 20.1.1 Address Translation in Real-Address Mode (A20M#); SDM 3B 22.33.1 Segment Wraparound (the A20M# pin
;;+          forces it); SDM 3A 8.3 Serializing Instructions
;; modes:    pm32 pm32-p32 pm32-pae long64
;; cpl:      0
;; sweep:    rounds = 1 2
;; touches:  DATA1 64
;; expect:   exit == stop and rip == done and rbp == 0 and rbx == 0x02010302
;; expect:   rsi == 0x0101 and mem(DATA1 + 1, 1) == 3
%include "selfmod.inc"
        ; HIGH is physical DATA1 with bit 20 set.  There `mov cl, 2; ret`; in DATA1 `mov cl, 1; ret`, made 3 through HIGH
%if MODE == MODE_PM32
 %define HIGH DATA1 + 0x100000
%else
 %define HIGH DATA3
        SETPTE DATA3, (DATA1 + 0x100000) | 7
%endif
%if HOME == 32
        cpu 486
%endif
; GATE 0: bit 20 of every address is masked.  Then nothing of before is left in TLB, cache or prefetch queue.
%macro  A20 1
        in al, 0x92
        and al, 0xfc
        or al, (%1) << 1
        out 0x92, al
%if MODE != MODE_PM32
        mov xax, cr3
        mov cr3, xax
%endif
        wbinvd
%endmacro
        mov ebp, [rounds]
        LAUNCH
again:  xor ebx, ebx
        mov dword [HIGH], 0xc3c302b1
        mov dword [DATA1], 0xc3c301b1
        call run
        A20 0
        call run
        movzx esi, byte [HIGH + 1]
        mov ecx, 3
        mov byte [HIGH + 1], cl
        mov edi, DATA1
        call there
        A20 1
        call run
        imul esi, 0x101
        dec ebp
        jnz again
done:   STOP
run:    mov edi, HIGH
there:  call wdi
        shl ebx, 8
        mov bl, cl
        ret
