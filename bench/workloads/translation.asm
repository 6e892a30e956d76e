; g: CR3 reload, INVLPG, and 64 pages touched.
; SPDX-License-Identifier: BSD-2-Clause
%define INSTRUCTIONS 26804
%include "start.inc"

iterate:
        xor eax, eax
        mov ecx, 100
.flush: mov rdx, cr3
        mov cr3, rdx
        mov edx, SMALL
        mov esi, 64
.touch: add eax, [rdx]
        add rdx, 0x1000
        dec esi
        jnz .touch
        invlpg [abs dword SMALL + 0x3000]
        add eax, [abs dword SMALL + 0x3000]
        mov [abs dword SMALL + 0x4000], ecx
        dec ecx
        jnz .flush
        ret
