;; title:    Code patched through one CS:IP and run through another one of the same linear address
;; why:      an emulator that finds decoded code by its offset sees two pieces of code where there is one
;; cite:     SDM 3A 20.1.1 Address Translation in Real-Address Mode; SDM 3A 8.1.3 Handling Self- and Cross-Modifying Code
;;+          (option 1); SDM 3A 11.6 Self-Modifying Code (checked by linear and physical address)
;; modes:    real unreal vm86
;; sweep:    paragraphs = 1 0x20 0x100 0xa00
;; variant:  patch = before between
;; touches:  CODE+0x200 64
;; expect:   exit == stop and cs == (ARENA >> 4) + paragraphs and rbx == (0x0602 if patch == before else 0x0701)
%include "selfmod.inc"
        mov eax, [paragraphs]
        mov ecx, eax
        shl ecx, 4
        neg ecx
        add ecx, SEGOFF(target)
        mov [DATA0], cx                 ; the target's other address
        add eax, ARENA >> 4
        mov [DATA0 + 2], ax
        xor ebx, ebx
        mov ebp, 2
        LAUNCH_AT CODE + 0x180
        mov si, SEGOFF(first)
        mov di, SEGOFF(target + 2)
%ifidn patch, before
        mov byte [di], 2
%endif
        jmp target
first:
%ifidn patch, before
        mov byte [di], 6
%else
        mov byte [di], 7
%endif
        jmp far [SEGOFF(DATA0)]
        times 0x200 - ($ - $$) nop
target: add bl, 1                       ; 80 C3 01
        xchg bl, bh
        dec ebp
        jz done
        jmp si
done:   STOP
