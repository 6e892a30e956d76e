; guest.asm - a 64 KiB ROM that hands a ready-made stream to a channel; the runner tests boot it.
; SPDX-License-Identifier: BSD-2-Clause
;
; -D STREAM='"file"'  frames to emit           -D CHANNEL=0|1|2|3   as in docs/image-format.md
; -D ENDING=exit|triple|spin|halt|stall  what the guest does after the last byte (stall, triple: without the finished flag)
; -D PORTS=1   append eight bytes read back from the VGA palette by REP INSB and one from the UART scratch register
        cpu 386
        bits 16
        org 0xffff0000

OUT_BASE equ 0x1000000
STREAM_AT equ OUT_BASE + 64
%ifndef PORTS
%define PORTS 0
%endif

        db "RINGDIFF", 1, 0, 32, 0      ; as much of an image header as a runner reads
        dd 0, 0, CHANNEL, 0, -1, 0, OUT_BASE, 0xf00000
payload:
        incbin STREAM
payload_size equ $ - payload

        align 8, db 0
gdt:    dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr:   dw 23
        dd gdt

        bits 32
flat:
        mov     eax, 16
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, 0x8000
        cld
%if CHANNEL == 0 || CHANNEL == 3
        mov     esi, mark
        mov     edi, OUT_BASE
        mov     ecx, 4
        rep     movsd
        xor     eax, eax
        stosd
        stosd
        mov     esi, payload
        mov     edi, STREAM_AT
        mov     ecx, payload_size
        rep     movsb
%if PORTS
        mov     edx, 0x3c8
        mov     al, 0
        out     dx, al
        inc     edx
        mov     ecx, 8
.fill:  mov     al, cl
        out     dx, al
        loop    .fill
        mov     edx, 0x3c7
        mov     al, 0
        out     dx, al
        mov     edx, 0x3c9
        mov     ecx, 8
        rep     insb
        mov     edx, 0x3ff
        mov     al, 0x5a
        out     dx, al
        mov     al, 0
        in      al, dx
        stosb
        mov     al, 0
%endif
        mov     eax, edi
        sub     eax, STREAM_AT
        mov     [OUT_BASE + 16], eax
%ifidn ENDING, stall
%elifidn ENDING, triple
%else
        mov     dword [OUT_BASE + 20], 1
%endif
%if CHANNEL == 3
        xchg    bx, bx
%endif
%elif CHANNEL == 1
        mov     esi, payload
        mov     ecx, payload_size
        mov     edx, 0xe9
        rep     outsb
%else
        mov     esi, payload
        mov     ecx, payload_size
.byte:  mov     edx, 0x3fd
.wait:  in      al, dx
        test    al, 0x20
        jz      .wait
        mov     edx, 0x3f8
        outsb
        loop    .byte
%endif

%ifidn ENDING, triple
        lidt    [zero]
        ud2
zero:   times 6 db 0
%elifidn ENDING, spin
        jmp     $
%elifidn ENDING, stall
        jmp     $
%elifidn ENDING, halt
        cli
        hlt
        jmp     $ - 1
%else
        mov     edx, 0xf4
        xor     eax, eax
        out     dx, eax
        mov     esi, word_shutdown
        mov     ecx, 8
        mov     edx, 0x8900
        rep     outsb
        cli
        hlt
%endif
word_shutdown: db "Shutdown"
mark:   db "RINGDIFF-OUTPUT", 0

        times 0xff00 - ($ - $$) db 0
        bits 16
real:
        cli
        o32 lgdt [cs:(gdtr - $$)]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 8:flat
        times 0xfff0 - ($ - $$) db 0
reset:
        jmp     real
        times 0x10000 - ($ - $$) db 0
