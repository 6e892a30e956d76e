; disk.asm - the boot sector of a disk image: reads the payload by INT 13h extensions, enters it in protected mode.
; SPDX-License-Identifier: BSD-2-Clause
;
; A master boot record: BIOSes take a USB stick without a partition table for a floppy.  cdrom.asm is the same loader for
; El Torito: there a sector has 2048 bytes, and the boot information table says where the boot image lies.

        cpu 386
        bits 16
        org 0x7c00
%ifndef SECTOR
 %define SECTOR 512
%endif
PAYLOAD equ 0x400000
BUFFER  equ 0x10000
CHUNK   equ 0x8000 / SECTOR             ; sectors a read: 32 KiB, within one segment and every BIOS' limit

        jmp 0:start
        times 8 - ($ - $$) db 0
        ; Nobody's on a disk, as some BIOSes write a parameter block's fields here.  On a CD-ROM the boot information
        ; table (man xorrisofs, -boot-info-table): LBA of the volume descriptor, LBA and bytes of this file, checksum.
        dd 0
boot_file:
        dd 0
boot_file_size:
        dd 0
        times 0x40 - ($ - $$) db 0
start:
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        cld
        mov [drive], dl
        mov ax, 0x2401                  ; A20 on by the BIOS
        int 0x15
        in al, 0x92                     ; and by the port, without the reset of bit 0
        or al, 2
        and al, 0xfe
        out 0x92, al
%if SECTOR == 2048
        mov eax, [boot_file]            ; the payload follows these 2048 bytes in the same file
        inc eax
        mov [packet.lba], eax
        mov eax, [boot_file_size]
        shr eax, 11
        dec eax
        mov [sectors], eax
%else
        mov eax, [first]
        mov [packet.lba], eax
%endif

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
%if SECTOR == 2048
        shl ecx, 9                      ; dwords
%else
        shl ecx, 7
%endif
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
        align 4
packet: db 16, 0
.count: dw 0
        dw 0, BUFFER >> 4
.lba:   dq 0
destination:
        dd PAYLOAD
        align 8
gdt:    dq 0
        dq 0x00cf9b000000ffff           ; flat code
        dq 0x00cf93000000ffff           ; flat data
gdtr:   dw $ - gdt - 1
        dd gdt

        times 0x1b0 - ($ - $$) db 0
first:  dd 0                            ; the payload's first sector: the builder's
sectors:
        dd 0                            ; and its size in sectors: the builder's
        dd 0                            ; disk signature: the builder's
        dw 0
        times 64 db 0                   ; partition table: the builder's
        dw 0xaa55
        times (SECTOR - 0x200) db 0
