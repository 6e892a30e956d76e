;; title:    In virtual-8086 mode the I/O bitmap alone decides, whatever IOPL; CLI and STI need IOPL 3
;; cite:     SDM 2A IN, Operation (CPL > IOPL or VM = 1); SDM 3B Virtual-8086 Mode I/O; SDM 2A CLI;
;;+           APM 2 I/O-Permission Bitmap
;; modes:    pm32
;; sweep:    iopl = 0 1 2 3
;; sweep:    denied = 0 1
;; sweep:    old_if = 0 1
;; variant:  insn = in in16 out ins outs cli sti
;; touches:  TSS+0xc0 64
;; undefined: rax mem(DATA0, 2)
;; expect when kind == 0 and not denied: exit == stop and flags.if == old_if
;; expect when kind == 0 and denied: exit == GP
;; expect when kind == 1 and iopl == 3: exit == stop and flags.if == 0
;; expect when kind == 2 and iopl == 3: exit == stop and flags.if == 1
;; expect when kind != 0 and iopl < 3: exit == GP
;; expect when exit == GP: err == 0 and rip == OFF_here and flags.if == old_if
;; expect:   flags.vm == 1 and flags.iopl == iopl and cs == ARENA >> 4
%ifidn insn, cli
kind equ 1
%elifidn insn, sti
kind equ 2
%else
kind equ 0
%endif
OFF_here equ OFF(here)
        mov byte [TSS + 0x68 + 0x6c], 0
        mov byte [TSS + 0x68 + 0x6d], 0
        mov eax, [denied]
        add eax, eax                    ; port 0x361
        mov [TSS + 0x68 + 0x6c], al
        mov esp, STACK_TOP - 36
        mov dword [esp], OFF(here)
        mov dword [esp + 4], ARENA >> 4
        mov eax, [iopl]
        shl eax, 3
        or eax, [old_if]
        shl eax, 9
        or eax, 0x20002
        mov [esp + 8], eax
        mov dword [esp + 12], OFF(STACK_TOP)
        mov dword [esp + 16], ARENA >> 4
        mov dword [esp + 20], ARENA >> 4
        mov dword [esp + 24], ARENA >> 4
        mov dword [esp + 28], 0
        mov dword [esp + 32], 0
        mov esi, OFF(DATA0)
        mov edi, OFF(DATA0)
        mov edx, 0x361
        mov eax, -1
        LAUNCH
        iretd
        bits 16
here:
%ifidn insn, in
        in al, dx
%elifidn insn, in16
        in ax, dx
%elifidn insn, out
        out dx, al
%elifidn insn, ins
        insb
%elifidn insn, outs
        outsb
%else
        insn
%endif
        nop
        STOP
        bits 32
