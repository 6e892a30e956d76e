; a: integer arithmetic and branches in registers, 64-bit.
; SPDX-License-Identifier: BSD-2-Clause
%define INSTRUCTIONS 1300004
%include "start.inc"

iterate:
        mov rax, 0x9e3779b97f4a7c15
        mov ecx, 100000
.next:  mov rdx, rax                    ; xorshift
        shl rdx, 13
        xor rax, rdx
        mov rdx, rax
        shr rdx, 7
        xor rax, rdx
        mov rdx, rax
        shl rdx, 17
        xor rax, rdx
        test eax, 64
        jz .even
        add rax, rcx
        dec ecx
        jnz .next
        ret
.even:  sub rax, rcx
        dec ecx
        jnz .next
        ret
