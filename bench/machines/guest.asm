; guest.asm - what machines.c runs: 64-bit code at 10000h, identity-mapped.  Parameters at 10000h; each entry ends at the exit port.
; SPDX-License-Identifier: BSD-2-Clause
        bits 64
        org 0x10000
DATA            equ 0x01000000          ; what `touch` and `work` write, one 4 KiB page after the other
CODE            equ 0x14000000          ; machines.c writes a function into each page from here
WORKING_SET     equ 0x10000

count:  dq 0                            ; pages
rounds: dq 0

        times 0x100 - ($ - $$) db 0
touch:  mov rdi, DATA
        mov rcx, [count]
.page:  mov [rdi], rcx
        add rdi, 0x1000
        dec rcx
        jnz .page
        jmp exit

; Loads, stores and calls over WORKING_SET, whatever else has been touched.
        times 0x200 - ($ - $$) db 0
work:   mov r8, [rounds]
.round: mov rdi, DATA
        mov ecx, WORKING_SET / 64
.line:  call line
        add rdi, 64
        dec ecx
        jnz .line
        dec r8
        jnz .round
        jmp exit
line:   mov rax, [rdi]
        add rax, rcx
        xor [rdi + 8], rax
        mov [rdi], rax
        ret

; Calls the function in each code page; see function_address() in machines.c.
        times 0x300 - ($ - $$) db 0
visit:  mov r8, [rounds]
.round: xor r9d, r9d
.page:  mov rdi, r9
        mov rsi, r9
        shl rdi, 12
        shl rsi, 6
        and esi, 0xfc0
        lea rdi, [rdi + rsi + CODE]
        call rdi
        inc r9
        cmp r9, [count]
        jb .page
        dec r8
        jnz .round

exit:   mov al, 0
        out 0xf4, al
        hlt
