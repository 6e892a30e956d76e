; b: loads, stores, calls and returns over 1 MiB.
; SPDX-License-Identifier: BSD-2-Clause
%define INSTRUCTIONS 1179652
%include "start.inc"

iterate:
        mov esi, DATA
        mov ecx, 0x10000
.next:  mov rax, [rsi]
        add rax, rcx
        mov [rsi + 8], rax
        push rax
        call leaf
        pop rdx
        add [rsi], edx
        movzx edx, byte [rsi + 3]
        add rsi, 16
        mov [rsi - 4], dl
        dec ecx
        jnz .next
        ret
leaf:   mov rdi, [rsp + 8]
        xor edi, [rsi + 4]
        lea rax, [rdi + rax * 2]
        ret
