; rom.asm - the last 256 bytes of a ROM image: from the reset vector to the payload, in 32-bit protected mode.
; SPDX-License-Identifier: BSD-2-Clause
;
; The ROM ends at 4 GiB; its last 128 KiB also appear at 0xe0000. At reset CS base is 0xffff0000 (some implementations
; begin at 0xf0000); a near jump keeps it, so the GDT is read through CS and everything else through the low copy.

        cpu 386
        bits 16
        org 0xff00
%define LOW(x) (0xf0000 + (x))
PAYLOAD equ 0x400000

start:
        cli
        cld
        in al, 0x92                     ; A20 on, without the reset of bit 0
        or al, 2
        and al, 0xfe
        out 0x92, al
        o32 lgdt [cs:gdtr]
        mov eax, cr0
        and eax, ~0x60000000            ; caches on: some implementations are slow without
        or al, 1
        mov cr0, eax
        jmp dword 0x08:LOW(protected)

        bits 32
protected:
        mov eax, 0x10
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov gs, eax
        mov ss, eax
        mov esi, [LOW(rom_base)]
        mov edi, PAYLOAD
        mov ecx, [esi + 0x0c]           ; header: payload size
        shr ecx, 2
        rep movsd
        jmp [PAYLOAD + 0x10]            ; header: entry

        align 8
gdt:    dq 0
        dq 0x00cf9b000000ffff           ; flat code
        dq 0x00cf93000000ffff           ; flat data
gdtr:   dw $ - gdt - 1
        dd LOW(gdt)

        times 0xfff0 - 0xff00 - ($ - $$) db 0
        bits 16
        jmp near start                  ; the reset vector
        times 0xfff8 - 0xff00 - ($ - $$) db 0
rom_base:
        dd 0                            ; where the ROM begins: the builder's
        times 0x10000 - 0xff00 - ($ - $$) db 0
