; payload.asm - a payload for tests of the wrappings: reports on port 0xE9 how it was entered.
; SPDX-License-Identifier: BSD-2-Clause

        cpu 386
        bits 32
        org 0x400000
start:  db 'RINGDIFF'
        dw 1, 32
        dd 0                            ; size: the test's
        dd entry
        times 0x200 - ($ - $$) db 0

entry:
        mov esp, 0x9000
        mov esi, entered
        call print
        mov eax, cr0                    ; P: protected mode without paging
        and eax, 0x80000001
        cmp eax, 1
        mov al, 'P'
        call report
        pushfd                          ; I: interrupts off
        pop eax
        test eax, 0x200
        mov al, 'I'
        call report
        call .here                      ; B: code base 0
.here:  pop eax
        cmp eax, .here
        mov al, 'B'
        call report
        mov byte [0x900000], 1          ; A: A20 on
        mov byte [0x800000], 2
        cmp byte [0x900000], 1
        mov al, 'A'
        call report
        mov esi, start                  ; C: all of the payload arrived, in order
        mov ecx, [start + 0x0c]
        shr ecx, 2
        xor ebx, ebx
.sum:   rol ebx, 5
        lodsd
        xor ebx, eax
        dec ecx
        jnz .sum
        test ebx, ebx                   ; the test's last dword makes it zero
        mov al, 'C'
        call report
        mov esi, newline
        call print
        mov dx, 0xf4                    ; isa-debug-exit
        mov al, 0
        out dx, al
        mov dx, 0x8900                  ; Bochs
        mov esi, shutdown
        mov ecx, 8
        rep outsb
        cli
        hlt

; Prints AL if ZF, else '?'.
report:
        jz .yes
        mov al, '?'
.yes:   out 0xe9, al
        ret

print:
        lodsb
        test al, al
        jz .done
        out 0xe9, al
        jmp print
.done:  ret

entered:
        db 10, '[payload:', 0
newline:
        db ']', 10, 0
shutdown:
        db 'Shutdown'
