; d: SYSCALL and SYSRET.
; SPDX-License-Identifier: BSD-2-Clause
%define INSTRUCTIONS 50010
%define SETUP
%include "start.inc"

setup:  mov ecx, 0xc0000081             ; STAR
        xor eax, eax
        mov edx, KCODE | (UCODE32 | 3) << 16
        wrmsr
        mov ecx, 0xc0000082             ; LSTAR
        mov eax, service
        xor edx, edx
        wrmsr
        mov ecx, 0xc0000084             ; FMASK
        mov eax, 0x200
        wrmsr
        ret

iterate:
        mov [saved], rsp
        mov ebx, 10000
        mov ecx, user
        mov r11d, 2
        o64 sysret
user:   syscall
        dec ebx
        jnz user
        mov ebx, -1
        syscall

service:
        test ebx, ebx
        js .done
        o64 sysret
.done:  mov rsp, [saved]
        mov rax, rcx
        ret
        align 8
saved:  dq 0
