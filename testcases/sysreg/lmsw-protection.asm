;; title:    LMSW turns protection on in real mode; it cannot turn it off again, MOV to CR0 can
;; cite:     SDM 2A LMSW, Description and Operation; SDM 3A 9.9.1 Switching to Protected Mode; APM 3 LMSW
;; modes:    real unreal
;; sweep:    from = 1 3
;; expect:   exit == stop and rbx & 0xffff == launch.cr0 & 0xfff1 | from and rcx & 0xffff == launch.cr0 & 0xfff1 | 1
;; expect:   cr0 == launch.cr0 & ~0xf and cs == launch.cs and cpl == 0
%include "window.inc"
        mov eax, [from]
        LAUNCH
        lmsw ax
        mov ebx, cr0
        mov eax, 0
        lmsw ax
        mov ecx, cr0
        mov eax, ecx
        and al, 0xfe
        mov cr0, eax
        STOP
