;; title:    Back in real mode a segment register keeps the limit it was loaded with in protected mode, and takes a new base
;; why:      "unreal" mode: big limits persist
;; cite:     SDM 3A Switching Back to Real-Address Mode; SDM 3A 20.1.1 Address Translation in Real-Address Mode
;; modes:    pm16
;; sweep:    offset = 0x204 0xfffc 0xfffd 0x10204
;; variant:  seg = es fs gs
;; variant:  loaded = big small
;; variant:  again = no yes
;; expect when loaded == big or offset <= 0xfffc: exit == stop
;; expect when loaded == small and offset > 0xfffc: exit == GP
;; expect when loaded == big and offset == 0x204 and again == yes: rax == 0x44444444
;; expect when loaded == small and offset == 0x204: rax == 0x44444444
;; expect:   cr0 & 1 == 0 and cs == ARENA >> 4 and ss == ARENA >> 4
        mov dword [DATA0 + 0x204], 0x44444444
        SETDESC 0x160, (DATA0 & 0xffff) << 16 | 0xffff, 0x00009300 | DATA0 >> 16
        SETDESC 0x168, (ARENA & 0xffff) << 16 | 0xffff, 0x00cf9300 | ARENA >> 16
        mov ebx, [offset]
        mov dword [GUARD_HIGH], 0x0b0f0b0f      ; what a case before may have left behind the arena
        mov dword [GUARD_HIGH + 0x204], 0x0b0f0b0f
        mov dword [GUARD_HIGH + 0xc204], 0x0b0f0b0f
%ifidn loaded, big
        LAUNCH_SET seg, 0x168
%else
        LAUNCH_SET seg, 0x160
%endif
        LAUNCH
        mov ecx, DATA0 >> 4
        mov edx, ARENA >> 4
        mov eax, KDATA16
        mov ds, ax
        mov eax, cr0
        and al, 0xfe
        mov cr0, eax
        jmp (ARENA >> 4):OFF(there)
there:  ARM
        mov ss, dx
        mov ds, dx
%ifidn again, yes
        mov seg, cx
%endif
        PROBE base, seg, ebx
        STOP
