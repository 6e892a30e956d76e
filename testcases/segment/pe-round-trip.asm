;; title:    CR0.PE set and cleared again with no load in between leaves real mode as it was
;; cite:     SDM 3A Switching to Protected Mode; SDM 3A Switching Back to Real-Address Mode
;; modes:    real unreal
;; sweep:    jumps = 0 1
;; sweep:    gdtl = 0x1ff 0xffff
;; expect:   exit == stop and cs == ARENA >> 4 and ss == ARENA >> 4 and cpl == 0 and cr0 & 1 == 0
;; expect:   rax == 0x66666666 and changed == {frame} and rsp == launch.rsp
        mov dword [DATA0 + 0x204], 0x66666666
        mov eax, [gdtl]
        LAUNCH_SET gdt_limit, eax
        mov ecx, [jumps]
        LAUNCH
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jecxz .straight
        jmp .straight
.straight:
        and al, 0xfe
        mov cr0, eax
        mov eax, [OFF(DATA0) + 0x204]
        STOP
