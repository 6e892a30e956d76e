;; title:    CR0.PG cleared and set again: linear addresses are physical in between, and EFER.LMA follows PG
;; cite:     SDM 3A 4.1.2 Paging-Mode Enabling; SDM 3A 9.8.5.4 Switching Out of IA-32e Mode Operation; APM 2 14.7
;;+          Leaving Long Mode
;; modes:    pm32-p32 pm32-pae compat32
;; requires: msr
;; expect:   exit == stop and rip == after and cr0 == launch.cr0 and efer == launch.efer and cpl == 0
;; expect:   rdx & 0xffffffff == 0x22222222 and rsi & 0xffffffff == 0x11111111 and rdi & 0xffffffff == 0x22222222
;; expect when mode == compat32: rbp & 0xffffffff == launch.efer & ~0x400
%include "window.inc"
        mov dword [DATA1], 0x11111111
        mov dword [DATA2], 0x22222222
        SETPTE DATA1, DATA2 | 7
        xor ebp, ebp
        mov ecx, 0xc0000080
        LAUNCH
        mov edx, [DATA1]
        mov ebx, edx
        mov eax, cr0
        btr eax, 31
        mov cr0, eax
        jmp short .flat
.flat:  mov esi, [DATA1]
%if MODE == MODE_COMPAT32
        rdmsr
        mov ebp, eax
        mov edx, ebx
        mov eax, cr0
%endif
        bts eax, 31
        mov cr0, eax
        jmp short .paged
.paged: mov edi, [DATA1]
after:  STOP
