;; title:    Code that has run in real mode runs again after CR0.PE was set, and again after it was cleared: segment loads obey it
;; why:      an emulator decodes a segment load by the mode it first ran in, and finds it again by its address
;; cite:     SDM 3A 9.9.1 Switching to Protected Mode; SDM 3A 9.9.2 Switching Back to Real-Address Mode; SDM 2B MOV, Operation
;; modes:    real unreal
;; sweep:    passes = 1 3
;; expect:   exit == stop and rip & 0xffff == done & 0xffff and rbp == 0
;; expect:   rbx == passes * 0x11 and rdx == passes * 0x22 and cr0 & 1 == 0
%include "selfmod.inc"
        ; Read through ES: selector 0x130 is in real mode the paragraph at 0x1300, in protected mode the segment KDATA16
        mov byte [DATA0 + 0x40], 0x22
        mov byte [DATA1 + 0x40], 0x11
        mov ebp, [passes]
        xor ebx, ebx
        xor edx, edx
        LAUNCH
again:  mov cx, (DATA1 - OFF(DATA0)) >> 4
        call look
        add bl, al
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp .protected
.protected:
        mov cx, KDATA16
        call look
        add dl, al
        mov eax, cr0
        and al, 0xfe
        mov cr0, eax
        jmp .real
.real:  dec ebp
        jnz again
done:   STOP
look:   mov es, cx
        mov al, [es:OFF(DATA0) + 0x40]
        ret
