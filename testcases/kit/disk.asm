; disk.asm - the boot sector of a disk image: reads the payload by INT 13h extensions, enters it in protected mode.
; SPDX-License-Identifier: BSD-2-Clause

        cpu 386
        bits 16
        org 0x7c00
PAYLOAD equ 0x400000
BUFFER  equ 0x10000
CHUNK   equ 64                          ; sectors a read: 32 KiB, within one segment and every BIOS' limit

        jmp 0:start
start:
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        cld
        mov [drive], dl
        in al, 0x92                     ; A20 on, without the reset of bit 0
        or al, 2
        and al, 0xfe
        out 0x92, al

read:
        mov eax, [sectors]
        test eax, eax
        jz enter_payload
        cmp eax, CHUNK
        jbe .last
        mov eax, CHUNK
.last:  mov [packet.count], ax
        mov si, packet
        mov dl, [drive]
        mov ah, 0x42                    ; extended read
        int 0x13
        jc error
        movzx ecx, word [packet.count]  ; by protected mode to the payload's place above 1 MiB
        sub [sectors], ecx
        add [packet.lba], ecx
        shl ecx, 7                      ; dwords
        cli
        lgdt [gdtr]
        mov ebx, cr0
        mov eax, ebx
        or al, 1
        mov cr0, eax
        jmp .switched
.switched:
        mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov esi, BUFFER
        mov edi, [destination]
        a32 rep movsd
        mov [destination], edi
        mov cr0, ebx
        jmp .back
.back:  xor ax, ax
        mov ds, ax
        mov es, ax
        sti
        jmp read

enter_payload:
        cli
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword 0x08:protected

error:
        mov si, message
.next:  lodsb
        test al, al
        jz .halt
        out 0xe9, al
        mov ah, 0x0e                    ; teletype
        xor bx, bx
        int 0x10
        jmp .next
.halt:  cli
        hlt
        jmp .halt

        bits 32
protected:
        mov eax, 0x10
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov gs, eax
        mov ss, eax
        jmp [PAYLOAD + 0x10]            ; header: entry

message:
        db 13, 10, "ringdiff: the BIOS cannot read this disk (INT 13h, AH=42h)", 13, 10, 0
drive:  db 0
        align 8
packet: db 16, 0
.count: dw 0
        dw 0, BUFFER >> 4
.lba:   dq 1                            ; the payload follows this sector
destination:
        dd PAYLOAD
        align 8
gdt:    dq 0
        dq 0x00cf9b000000ffff           ; flat code
        dq 0x00cf93000000ffff           ; flat data
gdtr:   dw $ - gdt - 1
        dd gdt

        times 0x1b4 - ($ - $$) db 0
sectors:
        dd 0                            ; of the payload: the builder's
        times 0x1fe - ($ - $$) db 0
        dw 0xaa55
