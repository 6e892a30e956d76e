; SPDX-License-Identifier: BSD-2-Clause
; bios.asm - the guest's half of the built-in BIOS for disk images: at F000:E000. Each service lets the host look at the registers by a
; write to its own port (dev/bios.c), then stores what the host wants stored, and gives the host's status flags back to the caller.
; disk.c holds the assembled bytes: nasm -f bin bios.asm -o - | xxd -i

        cpu 386
        bits 16
        org 0xe000
PIECE   equ 0xbe
DATA    equ 0xbf

%macro entry 1
        jmp near %1
        nop
%endmacro
        entry int10
        entry int11
        entry int12
        entry int13
        entry int15
        entry int16
        entry int18
        entry timer
        entry first_pic
        entry second_pic
        entry nothing

int10:  out 0xb8, al
        jmp short finish
int11:  out 0xb9, al
        jmp short finish
int12:  out 0xba, al
        jmp short finish
int13:  out 0xbb, al
        jmp short finish
int15:  out 0xbc, al
        jmp short finish
int16:  out 0xbd, al
        jmp short finish
int18:  out 0xbe, al

finish: pusha                           ; nothing from here to LAHF changes the status flags
        push es
        cld
.piece: in ax, PIECE                    ; words to store; 0: no more
        mov cx, ax
        jcxz .done
        in ax, PIECE
        mov es, ax
        in ax, PIECE
        mov di, ax
        mov dx, DATA
        rep insw
        jmp short .piece
.done:  pop es
        popa
        push bp
        mov bp, sp
        push ax
        lahf
        mov [bp + 6], ah                ; the caller's FLAGS
        pop ax
        pop bp
nothing:
        iret

timer:  push ds
        push ax
        mov ax, 0x40
        mov ds, ax
        inc dword [0x6c]                ; ticks since midnight
        int 0x1c
        pop ax
        pop ds
first_pic:
        push ax
        mov al, 0x20
        out 0x20, al
        pop ax
        iret
second_pic:
        push ax
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop ax
        iret
