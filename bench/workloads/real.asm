; i: real mode, far calls and INT n.
; SPDX-License-Identifier: BSD-2-Clause
%define REAL
%define INSTRUCTIONS 70003
%include "start.inc"

LOW_BASE        equ 0x10000
LOW_SEGMENT     equ LOW_BASE >> 4
%define LOW(label) ((label) - low)

        bits 32
real_start:
        mov esi, low
        mov edi, LOW_BASE
        mov ecx, low_end - low
        rep movsb
        mov dword [0x80 * 4], LOW_SEGMENT << 16 | LOW(handler)
        mov ebp, [PAYLOAD + 0x1c]
        jmp 0x40:LOW(narrow)

        bits 16
low:
narrow: mov ax, 0x48
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov eax, cr0
        and al, 0xfe
        mov cr0, eax
        jmp LOW_SEGMENT:LOW(.real)
.real:  xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x8000
        o32 lidt [cs:LOW(ivt)]
.again: mov cx, 10000
        xor ebx, ebx
.next:  call LOW_SEGMENT:LOW(leaf)
        int 0x80
        dec cx
        jnz .next
        dec ebp
        jnz .again
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword 0x50:wide
leaf:   inc ebx
        retf
handler:
        iret
ivt:    dw 0x3ff
        dd 0
low_end:

        bits 32
wide:   mov eax, KDATA
        mov ds, eax
        mov es, eax
        mov [OUTPUT + 64], ebx
        mov dword [OUTPUT + 68], 0
        mov esi, out_magic
        mov edi, OUTPUT
        mov ecx, 16
        rep movsb
        mov dword [OUTPUT + 16], 8
        mov dword [OUTPUT + 20], 1
        mov al, 0x10
        out 0xf4, al
        mov esi, out_shutdown
        mov edx, 0x8900
        mov ecx, 8
        rep outsb
.halt:  cli
        hlt
        jmp .halt
